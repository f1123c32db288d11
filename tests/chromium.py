"""The browser that tests and pictures are driven in: Chromium without windows, where the system has it that way.

Debian's chromium-headless-shell draws and runs pages as chromium does, with half the computing: no window stands around
each page.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

WHOLE = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Calls: a microphone that beeps, allowed without a question, and ways between two pages of one machine.
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]


def program(names: Sequence[str] = ("chromium-headless-shell", *WHOLE)) -> str:
    """Where it is installed."""
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, f"A real Chromium is needed; bin/test installs it, or: apt-get install {names[0]}"
    return found


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(_playwright: Playwright) -> Iterator[Browser]:
    """One for all tests of a process."""
    running = _playwright.chromium.launch(executable_path=program(), args=FLAGS)
    yield running
    running.close()


@pytest.fixture
def whole_browser(_playwright: Playwright) -> Iterator[Browser]:
    """The browser as people have it, where a test is about what the other lacks: notifications."""
    running = _playwright.chromium.launch(executable_path=program(WHOLE), args=FLAGS)
    yield running
    running.close()


@contextmanager
def apart(test: pytest.Item, last: bool = False) -> Iterator[None]:
    """What a test does while a browser is open: its loop counts as running on this thread until it closes.

    To a test without a browser there is no such loop. In one with it, and as the browser itself ends after the `last`,
    Django may be asked between the browser's steps.
    """
    loop = asyncio._get_running_loop()
    if loop is None or last or "_playwright" in getattr(test, "fixturenames", ()):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
            yield
        return
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(loop)
