"""A brand's own colour on what customers open, and ink that can be read on it."""

from __future__ import annotations

import re

from django.http import HttpResponse

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def look_of(colour: str) -> HttpResponse:
    """A sheet with the brand's colour, and ink that can be read on it; ours for no colour."""
    colour = colour if _COLOUR.fullmatch(colour) else "#00695c"
    ink = "#ffffff" if contrast_with_white(colour) >= 4.5 else "#101615"
    response = HttpResponse(f":root{{--brand:{colour};--on-brand:{ink}}}\n", content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    return response


def contrast_with_white(colour: str) -> float:
    """The contrast ratio of WCAG 2.2 between #rrggbb and white: 1 to 21."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
