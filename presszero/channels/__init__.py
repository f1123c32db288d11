"""Lines, threads, the outbox, and the vocabulary every channel shares.

Owns: line, thread, participant, entry, attachment, media, delivery, share.
Announces: delivery.changed, media.fetched, line.changed.
Hears: nothing; it stands below whoever converses.
"""
