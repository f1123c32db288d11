"""The doctor says what is wrong and how to mend it, and nothing that is not so."""

import os
from pathlib import Path

import psycopg
import pytest

from presszero.host import doctor
from presszero.host.findings import Level
from presszero.host.occupied import is_occupied, occupy
from presszero.host.postgres import database_url

WELL = {
    "version": 180006,
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "checksums": "on",
    "max_connections": 100,
    "encoding": "UTF8",
    "read_only": "off",
    "in_recovery": False,
    "superuser": False,
    "trigrams": True,
}


def worst(findings):
    return {finding.subject: finding.level for finding in findings if finding.level is not Level.FINE}


def test_nothing_is_wrong_with_a_server_that_is_well():
    assert worst([*doctor.durability(WELL), *doctor.fitness(WELL)]) == {}


@pytest.mark.parametrize(
    ("setting", "value", "subject", "level"),
    [
        ("fsync", "off", "fsync", Level.WRONG),
        ("full_page_writes", "off", "full_page_writes", Level.WRONG),
        ("synchronous_commit", "off", "synchronous_commit", Level.WRONG),
        ("synchronous_commit", "local", "synchronous_commit", Level.NOTE),
        ("checksums", "off", "checksums", Level.NOTE),
        ("version", 140011, "version", Level.WRONG),
        ("max_connections", 20, "max_connections", Level.WRONG),
        ("encoding", "SQL_ASCII", "encoding", Level.WRONG),
        ("in_recovery", True, "writable", Level.WRONG),
        ("read_only", "on", "writable", Level.WRONG),
        ("trigrams", False, "pg_trgm", Level.WRONG),
        ("superuser", True, "role", Level.NOTE),
    ],
)
def test_each_setting_that_endangers_messages_is_named(setting, value, subject, level):
    findings = [*doctor.durability({**WELL, setting: value}), *doctor.fitness({**WELL, setting: value})]
    assert worst(findings) == {subject: level}
    assert all(finding.mend for finding in findings if finding.level is not Level.FINE)


def test_it_asks_a_real_server():
    found = worst(doctor.database(database_url()))
    with psycopg.connect(database_url()) as connection:
        durable = connection.execute("show fsync").fetchone() == ("on",)
    assert found.get("fsync") == (None if durable else Level.WRONG)
    assert "clock" not in found and "version" not in found


def test_a_database_that_does_not_answer_is_said_so(tmp_path):
    [finding] = doctor.database(f"postgresql://presszero@/presszero?host={tmp_path}")
    assert (finding.subject, finding.level) == ("database", Level.WRONG)


@pytest.mark.parametrize(
    ("ahead", "level"),
    [(0.4, Level.FINE), (-1.9, Level.FINE), (5, Level.NOTE), (-29, Level.NOTE), (31, Level.WRONG), (-300, Level.WRONG)],
)
def test_clocks_that_disagree_are_noticed(ahead, level):
    assert doctor.clock(ahead).level is level


@pytest.mark.parametrize(
    ("used", "level"), [(0, Level.FINE), (89, Level.FINE), (90, Level.WRONG), (95, Level.WRONG), (100, Level.WRONG)]
)
def test_a_filling_disk_is_noticed(used, level):
    finding = doctor.disk_use(Path("/srv"), used, 100)
    assert finding.level is level
    assert ("only text" in finding.says) == (used >= 95)


def test_a_key_that_others_can_read_is_noticed(tmp_path, monkeypatch):
    monkeypatch.delenv("PRESSZERO_SECRET_KEY", raising=False)
    key = tmp_path / "secret-key"
    key.write_text("key")
    key.chmod(0o644)
    assert doctor.secret_key(tmp_path).level is Level.WRONG
    key.chmod(0o600)
    assert doctor.secret_key(tmp_path).level is Level.FINE


def test_ports_of_a_running_press_zero_should_answer(tmp_path, monkeypatch):
    monkeypatch.setenv("PRESSZERO_PORT", "1")
    for setting in ("PRESSZERO_APP_PORT", "PRESSZERO_SMTP_PORT", "PRESSZERO_LMTP_PORT"):
        monkeypatch.setenv(setting, "1")
    lock = occupy(tmp_path)
    assert is_occupied(tmp_path)
    assert {finding.level for finding in doctor.ports(tmp_path)} == {Level.WRONG}
    os.close(lock)
    assert not is_occupied(tmp_path)
