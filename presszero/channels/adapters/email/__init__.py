"""E-mail: in by SMTP, LMTP, IMAP and providers' webhooks, out by SMTP or a provider's API.

Words it owns: none of its own; it translates into the vocabulary of channels.
Announces and hears: nothing; what arrives goes through the mailroom, what is sent comes from the outbox.
"""
