"""Calls at a provider that speaks TwiML: the menu's commands as documents, and everybody's ends by the provider's API.

A *document* is what the provider plays next; it carries a number, and only an answer to the newest one moves the call
on. Everybody in a call meets in a *room* (the provider's conference). Nothing here decides anything: the menu machine
says what a caller hears, `calls.actions` what becomes of the call. When we cannot answer, the *safe document* does: it
comes back to us, rings a number the shop chose for that, and takes a message in the end.

In a member's page the provider's own program carries the sound. The page says when it is there, and is rung then.
"""
