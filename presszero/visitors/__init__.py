"""People on the shop's pages who opened our chat or form: a browser, what it proved, and where it is.

Owns: visitor, signed identity.
Announces: nothing.
Hears: nothing.
"""
