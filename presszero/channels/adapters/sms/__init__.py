"""Texts: SMS and MMS by Twilio's API, and by those that copy it. A line is one telephone number of ours.

Announces and hears: nothing.
"""
