"""For outside programs: REST with scoped tokens, and webhooks that tell them what happened.

Owns: API token, allowance, kept answer, webhook, webhook delivery, webhook try.
Announces: nothing.
Hears: everything a webhook may subscribe to.
"""
