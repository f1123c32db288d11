"""Who tells us where parcels are. One folder is one sender of such news; `registry` finds it by its kind.

Owns: nothing besides its app. Announces carrier.trouble; hears nothing.
"""
