"""A calibration picture as SVG: what was said against what then happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

SIDE, EDGE, FOOT = 360, 56, 64  # of the square, and of the margins
INK, SOFT, RULE, MARK = "#1d2433", "#6b7385", "#e3e6ec", "#3257d6"


def picture(bins: Sequence[Mapping[str, float]], title: str = "Said and kept", caption: str = "") -> str:
    """From `reliability`'s bins (`said`, `kept`, `count`): dots on the diagonal were said rightly; larger is more."""
    width, height = SIDE + 2 * EDGE, SIDE + EDGE + FOOT + 24
    most = max((each["count"] for each in bins), default=1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" rx="12" fill="#ffffff"/>',
        _text(EDGE, 30, title, INK, 'font-size="15" font-weight="600"'),
        *_axes(),
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="{SOFT}" stroke-dasharray="4 4"/>',
        _line(bins),
        *(_dot(each, most) for each in bins),
        _text(EDGE + SIDE / 2, EDGE + SIDE + 38, "chance of being there by the day, as said", SOFT, _MIDDLE),
        f'<g transform="translate(16 {EDGE + SIDE / 2}) rotate(-90)">',
        _text(0, 0, "share that was", SOFT, _MIDDLE),
        "</g>",
        _text(EDGE + SIDE / 2, EDGE + SIDE + 62, caption, SOFT, _MIDDLE),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


_MIDDLE = 'text-anchor="middle"'


def _axes() -> list[str]:
    drawn = []
    for tenth in range(0, 11, 2):
        at = tenth / 10
        drawn += [
            f'<path d="M{_x(0)} {_y(at)}H{_x(1)}M{_x(at)} {_y(0)}V{_y(1)}" stroke="{RULE}"/>',
            _text(_x(at), _y(0) + 18, f"{tenth * 10} %", SOFT, _MIDDLE),
            _text(_x(0) - 8, _y(at) + 4, f"{tenth * 10} %", SOFT, 'text-anchor="end"'),
        ]
    return drawn


def _line(bins: Sequence[Mapping[str, float]]) -> str:
    if len(bins) < 2:
        return ""
    points = " ".join(f"{_x(each['said']):.1f},{_y(each['kept']):.1f}" for each in bins)
    return f'<polyline points="{points}" fill="none" stroke="{MARK}" stroke-width="1.5" stroke-opacity="0.45"/>'


def _dot(each: Mapping[str, float], most: float) -> str:
    radius = 3 + 9 * (each["count"] / most) ** 0.5
    words = f"said {each['said']:.1%}, kept {each['kept']:.1%}, {each['count']:,.0f} forecasts"
    return (
        f'<circle cx="{_x(each["said"]):.1f}" cy="{_y(each["kept"]):.1f}" r="{radius:.1f}" fill="{MARK}" '
        f'fill-opacity="0.75" stroke="#ffffff"><title>{words}</title></circle>'
    )


def _text(x: float, y: float, words: str, colour: str, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" {more}>{escape(words)}</text>' if words else ""


def _x(share: float) -> float:
    return EDGE + share * SIDE


def _y(share: float) -> float:
    return EDGE + SIDE - share * SIDE
