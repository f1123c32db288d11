"""Reads everyone, changes nothing of theirs: what happened, in numbers that open their conversations.

A number counts conversations as they stand today, after merges, and says which of acquisition, retention and lifetime
value it moves and how surely. What a machine sent, our own acknowledgements and imported history do not count.

"Who helped" shows every member's help to the whole team, in the order of the alphabet: one's own work is no secret and
no contest. It counts help, never hurry: nobody's speed is shown beside their name.

Owns: no rows.
Announces: nothing.
Hears: nothing.
"""
