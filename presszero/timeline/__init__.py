"""The append-only record of facts, and who hears them.

Owns: event, fact, reaction, cursor, hole, parked event.
Announces: what the apps above record. Hears: nothing.
"""
