"""What may be kept of a person, for how long, and how it goes: masking, retention, erasure, a person's own copy.

Owns: erasure, tombstone, retention rule, legal hold, subject export.
Announces: customer.erased, customer.erasure_asked, customer.erasure_called_off.
Hears: nothing. Its duty is due by time; apps above add what they keep of a person to `erasing.more`.
"""
