"""What a customer opens: the chat's frame, the web form, the order page, and the page that asks how much it matters.

Owns: no rows.
Announces: nothing.
Hears: nothing.
"""
