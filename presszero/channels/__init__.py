"""Lines, threads, the outbox, and the vocabulary every channel shares.

Owns: line, thread, participant, entry, attachment, delivery.
Announces: delivery.changed, line.changed.
Hears: nothing; it stands below whoever converses.
"""
