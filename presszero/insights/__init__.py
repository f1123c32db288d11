"""Reads everyone, changes nothing of theirs: what happened, in numbers that open their conversations.

A number counts conversations as they stand today, after merges, and says which of acquisition, retention and lifetime
value it moves and how surely. What a machine sent, our own acknowledgements and imported history do not count.

"Who helped" shows every member's help to the whole team, in the order of the alphabet: one's own work is no secret and
no contest. It counts help, never hurry: nobody's speed is shown beside their name.

What service costs is measured and never asked: hands at work in a conversation, by the clock. It is shown in sums, by
channel and by topic, and by person nowhere.

Owns: work time, beat, cost, served matter, boss's letter.
Announces: nothing.
Hears: conversation.resolved, and what changes a matter afterwards (it is written down with what it took).
"""
