"""Everything that turns raw mail bytes into understanding. No database, no Django, no network.

Owns: Reading (one mail, understood), Reader (reads mails in a killable child), understand (the same in this process).
A mail that cannot be read is a Reading of kind `quarantined` with a reason; nothing here raises for what a mail holds.
"""
