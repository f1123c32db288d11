"""A used port is told by its number, its holder and the setting that moves it."""

import os
import socket

import pytest

from presszero.host.ports import EDGE, SMTP, answers, refuse_used, why_unusable
from presszero.host.refusal import Refusal


@pytest.fixture
def taken(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("PRESSZERO_SMTP_PORT", str(port))
        yield port


def test_a_used_port_is_refused_with_holder_and_setting(taken):
    with pytest.raises(Refusal) as why:
        refuse_used([SMTP])
    sentence = str(why.value)
    assert f"Port {taken}" in sentence and f"(process {os.getpid()})" in sentence and "PRESSZERO_SMTP_PORT" in sentence
    assert answers(taken)


def test_every_used_port_is_named_at_once(taken, monkeypatch):
    monkeypatch.setenv("PRESSZERO_PORT", str(taken))
    with pytest.raises(Refusal) as why:
        refuse_used([EDGE, SMTP])
    assert str(why.value).count(f"Port {taken}") == 2


def test_a_free_port_is_usable_even_just_after_use(taken, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        server.accept()[0].close()  # our side closes first, and the port stays in TIME_WAIT
        client.close()
    monkeypatch.setenv("PRESSZERO_SMTP_PORT", str(port))
    assert why_unusable(SMTP) is None


@pytest.mark.parametrize("given", ["mail", "0", "65536", "-1", "25.5"])
def test_a_setting_that_is_no_port_is_refused(monkeypatch, given):
    monkeypatch.setenv("PRESSZERO_SMTP_PORT", given)
    with pytest.raises(Refusal, match="PRESSZERO_SMTP_PORT should be a port"):
        refuse_used([SMTP])


def test_an_address_that_is_not_ours_is_told(monkeypatch):
    monkeypatch.setenv("PRESSZERO_BIND", "192.0.2.1")
    assert "PRESSZERO_BIND" in why_unusable(SMTP)
