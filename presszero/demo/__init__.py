"""The cast's shop, seeded by real actions, and the Pretend page, where you play the customer through the real doors.

Owns: no rows; the customers' mailboxes are files under PRESSZERO_HOME/pretend.
Announces: nothing. Hears: nothing.
"""
