"""Reads everyone, changes nothing of theirs: what happened, in numbers that open their conversations.

Owns: no rows.
Announces: nothing.
Hears: nothing.
"""
