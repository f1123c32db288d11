"""Mailboxes that are signed in to with Google or Microsoft instead of a password (OAuth 2, SASL XOAUTH2).

`providers`: where they are and what we ask of them. `asking`: the few requests. `renewing`: keeps the access fresh.
"""
