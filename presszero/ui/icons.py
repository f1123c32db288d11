"""The icons: 24 × 24 outlines drawn by hand, turned into the part of the style sheet that `.icon` uses as masks.

A page then only says `<i class="icon i-mail"></i>`, and the drawings are cached with the sheet.
"""

from __future__ import annotations

from urllib.parse import quote

ICONS: dict[str, str] = {
    "inbox": '<path d="M3 12h5l2 3h4l2-3h5M5 5h14l2 7v6a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-6z"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 0 1 0 6.8M18 14.5a6.5 6.5 0 0 1 3.5 5.5"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0"/>',
    "snooze": '<path d="M20 12a8 8 0 1 1-3-6.2M20 4v4h-4"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "checks": '<path d="m2.5 12.5 4.5 5 9-11M11.5 16l1.5 1.5 9-11"/>',
    "search": '<circle cx="11" cy="11" r="6"/><path d="m20 20-4.5-4.5"/>',
    "mail": '<path d="M4 6h16v12H4zM4 7l8 6 8-6"/>',
    "chat": '<path d="M4 5h16v11H10l-5 4v-4H4z"/>',
    "phone": '<path d="M6 3h3l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z"/>',
    "plug": '<path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0zM12 17v4"/>',
    "clip": '<path d="M8 12l6-6a3 3 0 0 1 4 4l-8 8a5 5 0 0 1-7-7l7-7"/>',
    "file": '<path d="M6 3h8l4 4v14H6zM14 3v4h4"/>',
    "image": '<path d="M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4"/><circle cx="15" cy="9" r="1.3"/>',
    "bold": '<path d="M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z"/>',
    "italic": '<path d="M10 5h8M6 19h8M14 5l-4 14"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01"/>',
    "link": '<path d="M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1"/>',
    "quote": '<path d="M5 6v12M10 8h9M10 12h9M10 16h6"/>',
    "hash": '<path d="M9 4 7 20M17 4l-2 16M4 9h16M3 15h16"/>',
    "more": '<circle cx="5.5" cy="12" r="1"/><circle cx="12" cy="12" r="1"/><circle cx="18.5" cy="12" r="1"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "down": '<path d="m6 9 6 6 6-6"/>',
    "back": '<path d="m14 6-6 6 6 6"/>',
    "next": '<path d="m10 6 6 6-6 6"/>',
    "undo": '<path d="M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3"/>',
    "alert": '<path d="M12 4 2.5 20h19zM12 10v4M12 17h.01"/>',
    "shield": '<path d="M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6z"/>',
    "shield-check": '<path d="M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6zM9 12l2 2 4-4.5"/>',
    "eye": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>',
    "merge": '<path d="M6 4v4c0 4 6 4 6 9v4M18 4v4c0 4-6 4-6 9M9 18l3 3 3-3"/>',
    "split": '<path d="M12 21v-5c0-5-6-4-6-9V4M12 16c0-5 6-4 6-9V4M3 7l3-3 3 3M15 7l3-3 3 3"/>',
    "flag": '<path d="M6 21V4h12l-2.5 4L18 12H6"/>',
    "bell": '<path d="M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4"/>',
    "pencil": '<path d="M4 20l1-4L16 5l3 3L8 19z"/>',
    "note": '<path d="M5 4h14v11l-5 5H5zM14 20v-5h5"/>',
    "settings": '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.600l2.2 2.200M16.2 16.200l2.2 2.200M18.4 5.600l-2.2 2.200M7.8 16.200l-2.2 2.2"/>',
    "keyboard": '<path d="M3 7h18v10H3zM7 10.500h.01M10.3 10.500h.01M13.7 10.500h.01M17 10.500h.01M8 14h8"/>',
    "send": '<path d="M4 12 20 4l-5 16-3.5-6.500zM11.5 13.5 20 4"/>',
    "download": '<path d="M12 4v11M7 11l5 5 5-5M4 20h16"/>',
    "trash": '<path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13"/>',
    "retry": '<path d="M4 12a8 8 0 0 1 14-5.300L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.300L4 15M4 20v-5h5"/>',
    "pause": '<path d="M9 5v14M15 5v14"/>',
    "play": '<path d="M7 4l11 8-11 8z"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18"/>',
    "store": '<path d="M4 10v10h16V10M3 10l2-6h14l2 6a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0zM10 20v-5h4v5"/>',
    "book": '<path d="M5 4h6a2 2 0 0 1 1 2 2 2 0 0 1 1-2h6v14h-6a2 2 0 0 0-1 2 2 2 0 0 0-1-2H5z"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.500v2M12 19.500v2M2.5 12h2M19.5 12h2M5.3 5.300l1.4 1.400M17.3 17.300l1.4 1.400M18.7 5.300l-1.4 1.400M6.7 17.300l-1.4 1.4"/>',
    "moon": '<path d="M19.5 14.500A8 8 0 0 1 9.5 4.500a8 8 0 1 0 10 10z"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "out": '<path d="M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"/>',
    "tagged": '<path d="M4 4h7l9 9-7 7-9-9zM8 8h.01"/>',
    "copy": '<path d="M8 8h12v12H8zM16 8V4H4v12h4"/>',
    "command": '<path d="M9 9h6v6H9zM9 9H6.500A2.5 2.5 0 1 1 9 6.500zM15 9V6.500A2.5 2.5 0 1 1 17.5 9zM15 15h2.500a2.5 2.5 0 1 1-2.5 2.500zM9 15v2.500A2.5 2.5 0 1 1 6.5 15z"/>',
    "refresh": '<path d="M20 12a8 8 0 1 1-2.5-5.800M20 4v5h-5"/>',
}

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" stroke-width="1.6" '
    'stroke-linecap="round" stroke-linejoin="round">{}</svg>'
)


def sheet() -> str:
    """One rule an icon, for the end of the style sheet."""
    rules = (f'.i-{name}{{--i:url("data:image/svg+xml,{_quoted(body)}")}}' for name, body in ICONS.items())
    return "@layer components{" + "".join(rules) + "}"


def _quoted(body: str) -> str:
    return quote(_SVG.format(body).replace('"', "'"), safe=" /=':.,-")
