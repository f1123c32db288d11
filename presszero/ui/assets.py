"""Style sheet, scripts and fonts under one address that changes when any of them does, so browsers keep them for good.

The sheet is every app's `static/<app>/css/*.css` in one answer; nothing is compiled. Scripts are plain ES modules and
import each other by relative paths, which therefore carry the same version.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from .outlines import sheet as icon_sheet

_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
_PACKED_ALREADY = (".png", ".woff2")
_FOREVER = "public, max-age=31536000, immutable"


def asset_url(path: str) -> str:
    """The address of a file below some app's `static/` folder; "style.css" is the one sheet."""
    return f"/assets/{version()}/{path}"


def asset(request: HttpRequest, version: str, path: str) -> HttpResponseBase:
    """GET /assets/<version>/<path>. An old version still answers, with what is there now."""
    body, packed, kind = _body(path, _stamp())
    taken = "gzip" in request.headers.get("Accept-Encoding", "") and bool(packed)
    response = HttpResponse(packed if taken else body, content_type=kind)
    if taken:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = _FOREVER if version == _version(_stamp()) else "no-cache"
    return response


def version() -> str:
    """A few characters that change with the content of any asset."""
    return _version(_stamp())


def _stamp() -> float:
    """Zero at work, where files do not change under a running process; the newest change while developing."""
    return max((p.stat().st_mtime for p in _files()), default=0.0) if settings.DEBUG else 0.0


@lru_cache(maxsize=2)
def _version(stamp: float) -> str:
    digest = hashlib.sha256(icon_sheet().encode())
    for path in _files():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


@lru_cache(maxsize=256)
def _body(path: str, stamp: float) -> tuple[bytes, bytes, str]:
    body = _style_sheet() if path == "style.css" else _found(path).read_bytes()
    packed = b"" if path.endswith(_PACKED_ALREADY) else gzip.compress(body, 9, mtime=0)
    return body, packed, _KINDS[Path(path).suffix]


def _style_sheet() -> bytes:
    sheets = [p for p in _files() if p.suffix == ".css" and p.parent.name == "css"]
    first = [p for p in sheets if p.name == "layers.css"]
    rest = [p for p in sheets if p.name != "layers.css"]
    return "\n".join([*(p.read_text() for p in first + rest), icon_sheet()]).encode()


def _found(path: str) -> Path:
    for folder in _folders():
        file = (folder / path).resolve()
        if file.is_relative_to(folder) and file.suffix in _KINDS and file.is_file():
            return file
    raise Http404


def _files() -> list[Path]:
    found = (p for folder in _folders() for p in folder.rglob("*") if p.suffix in _KINDS)
    return sorted(found)


@lru_cache(maxsize=1)
def _folders() -> list[Path]:
    ours = (Path(app.path).resolve() / "static" for app in apps.get_app_configs() if app.name.startswith("presszero."))
    return [folder for folder in ours if folder.is_dir()]
