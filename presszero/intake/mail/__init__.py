"""Mail on its way in: the SMTP and LMTP doors, and the mailboxes that are fetched by IMAP.

Owns: OurAddresses (which address is whose), Storing (mails that share a commit). A mail is answered with 250, or the
cursor of a mailbox moves on, only in or after the transaction that stored it. Announces and hears: nothing.
"""
