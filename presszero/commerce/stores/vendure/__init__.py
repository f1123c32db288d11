"""Vendure 2 and later, by its Admin API in GraphQL and a small plugin of ours that tells us of changes.

The plugin (`plugin/`) is what a merchant puts into their shop. Its words stop here: money comes in the shop's own
precision and leaves as minor units, and a price is what the buyer pays, tax included.
"""
