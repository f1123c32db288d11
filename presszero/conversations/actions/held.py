"""A conversation held for a change: the row locked, by whatever number it is called; and its columns summed up anew."""

from __future__ import annotations

from presszero.core.refusal import Refused


class ChangedMeanwhile(Refused):
    """Somebody else changed it since this page was drawn."""
