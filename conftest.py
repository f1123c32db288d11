"""For every test: nothing of one test reaches the next, and a name that fits on a line.

After a test that commits, Django would truncate every table: some seventy, most of them empty, which costs more than
the usual test. Only those with rows are emptied here, the timeline and the audit record among them.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from functools import cache
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from whitenoise.middleware import WhiteNoiseMiddleware

from presszero.host import pytest_tables
from tests.chromium import _playwright, apart, browser, whole_browser

__all__ = ["_playwright", "browser", "whole_browser"]  # fixtures for all tests

_LONGEST_NAME = 60  # of a case of a parametrized test
_MORE_TRIES = 6  # tests of a run that may have one: one in a thousand
_looked_up = WhiteNoiseMiddleware.add_files_from_finders

# Append-only by trigger, or with keys that are checked at once: rows do not leave these one by one.
_TRUNCATED = ("timeline_event", "audit_record", "procrastinate_")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is gathered stays until the end: Python need not look through it for garbage, now or ever."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    with apart(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    with apart(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    with apart(item, last=nextitem is None):
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where tests get another try (`--reruns`), a few may need it by chance. More are no chance."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    again = {report.nodeid for report in reporter.stats.get("rerun", ())} if reporter else set()
    if len(again) > _MORE_TRIES and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(again)} tests needed another try; at most {_MORE_TRIES} may.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_make_parametrize_id(val: object) -> str | None:
    """Some cases are megabytes of hostile bytes. pytest would make each a name, and pass it between its processes."""
    if not isinstance(val, str | bytes) or len(val) <= _LONGEST_NAME:
        return None
    start = val[:_LONGEST_NAME].decode("ascii", "replace") if isinstance(val, bytes) else val[:_LONGEST_NAME]
    return f"{ascii(start)[1:-1]}... of {len(val)}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database of the tests begins as a copy of the run's tables."""
    connection.settings_dict["TEST"]["TEMPLATE"] = pytest_tables.template()


def _emptied(self: Any) -> None:
    """In place of TransactionTestCase._fixture_teardown, which pytest-django's tests that commit end with."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_which_have_rows())
        tables = [row[0] for row in cursor.fetchall()]
        whole = [table for table in tables if table.startswith(_TRUNCATED)]
        if whole:
            cursor.execute("TRUNCATE " + ", ".join(f'"{table}"' for table in whole) + " CASCADE")
        for table in tables:
            if table not in whole:
                cursor.execute(f'DELETE FROM "{table}"')


@cache
def _which_have_rows() -> str:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) | {"timeline_event"}
    ours = sorted(t for t in tables - {"django_migrations"} if not t.startswith("timeline_event_"))
    return " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT 1 FROM \"{t}\")" for t in ours)


def _found_once(self: WhiteNoiseMiddleware) -> None:
    """The static files of the first of the tests' clients, for all. Looking for them costs as much as a short test."""
    if not _static:
        _looked_up(self)
        _static.update(self.files)
    self.files.update(_static)


_static: dict[str, Any] = {}
WhiteNoiseMiddleware.add_files_from_finders = _found_once
TransactionTestCase._fixture_teardown = _emptied
