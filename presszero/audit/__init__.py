"""Who did what to the settings, the people and the exceptions; chained afterwards, not in the writer's way.

Owns: audit record, look. Announces: nothing. Hears: nothing.
"""
