"""Telling programs of the merchant's what happened, by the Standard Webhooks scheme.

A reaction writes what is to be told beside the listener's cursor, in one transaction; a duty sends it. A failed try
comes again for three days. A webhook that is slow or dead holds up nobody but itself.
"""
