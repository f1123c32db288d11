"""The custom channel: any program posts signed JSON to a line, and gets the replies at an address of its own.

So a channel that nobody foresaw needs no code here. docs/how-to/custom-channel.md is its contract.
Announces and hears: nothing.
"""
