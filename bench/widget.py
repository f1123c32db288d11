"""What the chat costs a shop's page: bytes over the wire, and the time from the click to the open window."""

from __future__ import annotations

import gzip
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests import chromium

from .ground import Ground
from .row import Row, at_most
from .shop import Shop, open_shop

WIRE = 25.0  # kB, gzip -9: loader, frame's page, script and sheet; a kB is 1024 bytes
OPEN = 100.0  # milliseconds
TIMES, WARM = 15, 3
# From the click on the launcher until the frame said that it was drawn.
_OPENED = """
() => new Promise((done) => {
  const roots = [...document.querySelectorAll("div")].map((each) => each.shadowRoot).filter(Boolean);
  const launcher = roots[0].querySelector(".launcher");
  const begun = performance.now();
  addEventListener("message", function heard(event) {
    if (event.data.kind !== "opened") return;
    removeEventListener("message", heard);
    requestAnimationFrame(() => done(performance.now() - begun));
  });
  launcher.click();
})
"""


def measure(ground: Ground, say: Callable[[str], None]) -> Iterator[Row]:
    """Two rows: the size in all, and the median time to open."""
    shop = open_shop(ground)
    with ground.app() as (port, _):
        house = f"http://127.0.0.1:{port}"
        with _page(house) as page:
            token = _line(shop, page.origin)
            page.token = token
            parts = {name: _size(house + path) for name, path in _parts(house, token).items()}
            split = ", ".join(f"{name} {size:.1f}" for name, size in parts.items())
            say(f"{sum(parts.values()):.1f} kB: {split}")
            yield at_most("widget", sum(parts.values()), WIRE, "kB gzip", f"In kB: {split}.", digits=1)
            took = _opening(page.origin)
    note = f"Median of {TIMES} fresh pages, slowest {max(took):.0f} ms; the frame was loaded while the page was idle."
    yield at_most("widget open", median(took), OPEN, "ms", note)


def _line(shop: Shop, site: str) -> str:
    from presszero.channels.models import Line

    line = Line(merchant_id=shop.merchant_id, brand_id=shop.brand_id, kind="chat", address=site, name="Juniper & Co.")
    line.settings = {"sites": [site]}
    line.save()
    return line.token


def _parts(house: str, token: str) -> dict[str, str]:
    frame = _fetch(f"{house}/chat/{token}").decode()
    script = frame.split('type="module" src="')[1].split('"')[0]
    sheet = frame.split('rel="stylesheet" href="')[1].split('"')[0]
    return {"loader": "/widget.js", "page": f"/chat/{token}", "script": script, "sheet": sheet}


def _size(address: str) -> float:
    return len(gzip.compress(_fetch(address), 9)) / 1024


def _fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=10) as answered:
        body: bytes = answered.read()
    return body


def _opening(origin: str) -> list[float]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium.program(), args=chromium.FLAGS)
        took = [_once(browser, origin) for _ in range(WARM + TIMES)][WARM:]
        browser.close()
    return took


def _once(browser: Browser, origin: str) -> float:
    """A browser that never saw the chat."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(origin)
    page.get_by_role("button", name="Chat with Juniper").wait_for()
    took = float(page.evaluate(_OPENED))
    context.close()
    return took


class _Shop:
    """A shop's page with the one script tag."""

    def __init__(self, house: str, origin: str) -> None:
        self.house, self.origin, self.token = house, origin, ""

    @property
    def html(self) -> bytes:
        tag = f'<script async src="{self.house}/widget.js" data-shop="{self.token}"></script>'
        return f'<!doctype html><html lang="en"><title>Juniper</title>{tag}<h1>Boots</h1>'.encode()


@contextmanager
def _page(house: str) -> Iterator[_Shop]:
    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(made.html)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    made = _Shop(house, f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
