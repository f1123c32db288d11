"""Bringing a shop's past in and taking everything out: CSV both ways, and the export files of other help desks.

Owns: import, import row, export.
Announces: nothing.
Hears: nothing.
"""
