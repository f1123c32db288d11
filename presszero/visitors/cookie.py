"""The cookie that says which visitor a browser is: one a line, readable by no script."""

from __future__ import annotations

from django.conf import settings

LASTS = 180 * 24 * 3600  # seconds


def cookie_name(line_token: str) -> str:
    """`__Host-` where we are served over TLS: no other host, no other path, never in the clear."""
    return f"{'__Host-' if settings.SECURE else ''}pz_visitor_{line_token[:16]}"
