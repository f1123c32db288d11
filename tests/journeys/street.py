"""A shop's own web site, on another origin than ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from presszero.channels.models import Line
from presszero.core.sealing import new_token
from tests.cast import Shop
from tests.ports import free_port

from .house import House

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script async src="{house}/widget.js" data-shop="{token}"></script></head>
<body><h1>{title}</h1><p><a href="/boots">Boots</a></p></body></html>"""
_TITLES = {"/": "Juniper & Co.", "/boots": "Fell boots", "/cart": "Your cart"}


def chat_line(shop: Shop, *sites: str) -> Line:
    """The shop's chat, on the pages of these origins."""
    line = Line(
        merchant=shop.merchant, brand=shop.brand, hours=shop.hours, kind="chat", address="Chat", name=shop.brand.name
    )
    line.settings = {"sites": list(sites)}
    line.keep_secrets({"identity": new_token(256)})
    line.save()
    return line


def form_line(shop: Shop) -> Line:
    """The shop's web form, answered from its mailbox."""
    settings = {"answers_from": shop.line.id}
    return Line.objects.create(
        merchant=shop.merchant,
        brand=shop.brand,
        hours=shop.hours,
        kind="form",
        address="Form",
        name=shop.brand.name,
        settings=settings,
    )


@contextmanager
def street(house: House, shop: Shop) -> Iterator[tuple[str, Line]]:
    """The shop's site, served until the block ends: its origin, and the line of its chat."""
    port = free_port()
    origin = f"http://localhost:{port}"  # another site than 127.0.0.1, where the product is
    line = chat_line(shop, origin)

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            title = _TITLES.get(self.path.partition("?")[0])
            body = _PAGE.format(title=title or "Nothing", house=house.origin, token=line.token).encode()
            self.send_response(200 if title else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """A web server's own chatter."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Site)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield origin, line
    finally:
        server.shutdown()
        server.server_close()
