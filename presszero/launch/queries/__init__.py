"""Reads about readiness."""

from .readiness import line_section, sections, things_left

__all__ = ["line_section", "sections", "things_left"]
