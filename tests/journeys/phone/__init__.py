"""Calls from end to end: real SIP, a real media relay, members in a real browser."""
