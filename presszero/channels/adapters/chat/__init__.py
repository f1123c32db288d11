"""Chat: the window on the shop's pages, and any app of the merchant's that speaks for its own customers.

The widget's messages reach the door through the edge, which knows the visitor by a cookie; they are stored as
{"client_id", "sender", "proof", "name", "text", "attachments": [{"filename", "content_type", "base64"}],
"page": {"url", "title"}, "new_matter", "at"}. Announces and hears: nothing.

A line's settings: sites (exact origins that may frame the chat), colour, position, texts, languages,
invitations, privacy (the address of the shop's page on it), phone (a number behind the 0).
Its secrets: identity (signs the shop's JWT), old_identity while that is replaced, secret (signs an app's requests).
"""
