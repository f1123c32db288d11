"""The first day: from an empty database to a shop that answers. Set-up, step by step, and readiness.

Owns: set-up, readiness, trial, set-up key.
Announces: nothing.
Hears: nothing.
"""
