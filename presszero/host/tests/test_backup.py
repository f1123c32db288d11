"""F34: what was backed up comes back equal, and a damaged backup or a full place is refused."""

import json

import psycopg
import pytest

from presszero.host.backup import back_up, keep_newest, restore
from presszero.host.refusal import Refusal

pytestmark = pytest.mark.slow


@pytest.fixture
def shop(clusters, place):
    """A home with rows, a file, a spooled arrival and a key."""
    url = clusters.start(place / "old").cluster.url
    with psycopg.connect(url) as connection:
        connection.execute("create extension pg_trgm")
        connection.execute("create table entry (id bigint primary key, text text)")
        connection.execute("insert into entry select n, 'Größe ' || n from generate_series(1, 1000) n")
    for name, text in {"files/a/1": "picture", "spool/0/7": "arrival", "secret-key": "key"}.items():
        (place / "old" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "old" / name).write_text(text)
    return url, place / "old"


def sums(url):
    with psycopg.connect(url) as connection:
        return connection.execute("select count(*), md5(string_agg(text, ',' order by id)) from entry").fetchone()


def test_f34_rows_files_spool_and_key_come_back_equal(shop, clusters, place):
    url, home = shop
    taken = back_up(url, home, place / "kept")
    new = clusters.start(place / "new").cluster
    restore(taken, new.url, place / "new")
    assert sums(new.url) == sums(url)
    for name in ("files/a/1", "spool/0/7", "secret-key"):
        assert (place / "new" / name).read_text() == (home / name).read_text()
    assert (place / "new" / "secret-key").stat().st_mode & 0o077 == 0
    with pytest.raises(Refusal, match="not empty"):
        restore(taken, new.url, place / "new")


@pytest.mark.parametrize("part", ["database.dump", "home.tar", "backup.json"])
def test_a_damaged_backup_is_refused_and_changes_nothing(shop, clusters, place, part):
    url, home = shop
    taken = back_up(url, home, place / "kept")
    (taken / part).write_bytes((taken / part).read_bytes()[:-30])
    new = clusters.start(place / "new").cluster
    with pytest.raises(Refusal, match=part):
        restore(taken, new.url, place / "new")
    assert not (place / "new" / "files").exists()


def test_a_backup_that_fails_leaves_no_folder_that_looks_whole(shop, place):
    url, home = shop
    with psycopg.connect(url) as connection:
        connection.execute("revoke select on entry from presszero")
    with pytest.raises(Refusal, match="could not be dumped"):
        back_up(url, home, place / "kept")
    assert [folder.suffix for folder in (place / "kept").iterdir()] == [".unfinished"]
    keep_newest(place / "kept", 3)
    assert list((place / "kept").iterdir()) == []


def test_only_the_newest_are_kept(tmp_path):
    for day in range(1, 6):
        folder = tmp_path / f"presszero-2026010{day}-030000"
        folder.mkdir()
        (folder / "backup.json").write_text(json.dumps({}))
    (tmp_path / "something-else").mkdir()
    keep_newest(tmp_path, 2)
    left = sorted(folder.name for folder in tmp_path.iterdir())
    assert left == ["presszero-20260104-030000", "presszero-20260105-030000", "something-else"]
