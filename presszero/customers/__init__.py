"""People who write to us: their handles, how surely each is theirs, merging and un-merging, consent, notes, own fields.

Owns: customer, handle, merge, consent, customer note, own field.
Announces: customer.created, customer.merged, customer.unmerged, handle.proven, handle.bounced, consent.given, consent.withdrawn.
Hears: nothing yet.
"""
