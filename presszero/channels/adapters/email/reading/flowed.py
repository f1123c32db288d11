"""Undoes format=flowed (RFC 3676): soft line breaks are joined, quoting and "-- " are respected."""

from __future__ import annotations


def joined(text: str, *, delsp: bool) -> str:
    """`delsp`: the space before a soft break is not part of the text (languages without spaces)."""
    out: list[str] = []
    depth_before, open_line = -1, False
    for raw in text.split("\n"):
        line, depth = _unquoted(raw)
        soft = line.endswith(" ") and line != "-- "
        if open_line and depth == depth_before and line != "-- ":
            before = out[-1][:-1] if delsp else out[-1]
            out[-1] = before + line
        else:
            out.append(">" * depth + (" " if depth else "") + line)
        depth_before, open_line = depth, soft
    return "\n".join(out)


def _unquoted(line: str) -> tuple[str, int]:
    depth = len(line) - len(line.lstrip(">"))
    line = line[depth:]
    return line.removeprefix(" "), depth
