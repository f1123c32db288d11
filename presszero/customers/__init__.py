"""People who write to us: their handles, how surely each is theirs, merging and un-merging, consent, notes, own fields.

Owns: customer, handle, claim, proof code, merge, consent, customer note, own field, block.
Announces: customer.created, customer.changed, customer.merged, customer.unmerged, handle.proven, handle.bounced,
claim.answered, consent.changed.
Hears: nothing yet.
"""
