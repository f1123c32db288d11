"""Erasing a person: who that is, step by step through everything we keep, and the proof that nothing is left.

Owns: nothing besides. Announces and hears nothing itself; `privacy.actions` does.
"""
