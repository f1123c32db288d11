"""What a customer opens: the chat's frame, the web form, and the page where they say how much it matters.

Owns: no rows.
Announces: nothing.
Hears: nothing.
"""
