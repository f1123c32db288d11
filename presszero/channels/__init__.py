"""Lines, threads, the outbox, and the vocabulary every channel shares.

Owns: line, thread, participant, entry, attachment, delivery.
Announces: delivery.accepted, delivery.failed, delivery.unknown, delivery.reported.
Hears: nothing; it stands below whoever converses.
"""
