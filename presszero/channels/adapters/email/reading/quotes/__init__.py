"""Tells what the sender wrote now from what was there before: quotes, old mails, signatures, in many languages.

Owns: Line (one line of a mail and what its markup says of it), fresh (the sender's own words). Everything works line
by line with expressions that cannot backtrack far, on at most 64 kB, so no mail can make it slow.
"""
