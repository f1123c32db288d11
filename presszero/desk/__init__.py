"""The agent's and the lead's workspace: lists, one conversation, the customer beside it, search and settings.

Owns: no rows. Draws what the apps below know and calls their verbs.
Announces: nothing. Hears: nothing; the edge nudges its pages.
"""
