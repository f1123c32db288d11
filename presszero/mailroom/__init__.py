"""Everything pushed to us, raw, exactly once.

Owns: received, arrival, quarantine.
Announces: arrival.quarantined, arrival.retried, arrival.discarded. Hears: nothing.
"""
