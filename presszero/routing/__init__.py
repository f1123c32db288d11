"""Who should answer, and by when: presence, capacity, turns, targets.

Owns: presence, turn. Announces: presence.changed. Hears: nothing.
"""
