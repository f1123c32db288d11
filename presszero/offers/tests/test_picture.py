"""A thing's picture comes through us, and only if it is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import LazySettings

from .stage import Stage, browser

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


class _Shop(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(PNG if self.path == "/boots.png" else b"<script>alert(1)</script>")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def address(settings: LazySettings) -> Iterator[str]:
    settings.HTTP_MAY_REACH = ["127.0.0.0/8"]
    server = HTTPServer(("127.0.0.1", 0), _Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_picture_is_shown_and_what_only_says_so_is_not(play: Stage, address: str) -> None:
    thing, maya = play.world.things["Laces"], browser(play.world.shop.maya)
    path = f"/products/{thing.id}/picture"
    assert maya.get(path).status_code == 404
    for name, status in (("boots.png", 200), ("page.png", 404)):
        thing.picture_url = f"{address}/{name}"
        thing.save()
        answer = maya.get(path)
        assert answer.status_code == status
    thing.picture_url = f"{address}/boots.png"
    thing.save()
    shown = maya.get(path)
    assert (shown.content, shown["Content-Type"]) == (PNG, "image/png")
    assert "sandbox" in shown["Content-Security-Policy"]
