"""The door and the pipelines behind it: what arrives is stored, split, understood in order, and answered for.

Owns: door, lane, split, understanding. Announces: what conversations announce.
Hears: nothing; it is where the outside is heard.

door → mailroom.Received → split → mailroom.Arrival → understand → conversation, timeline.
A store's webhook: door → mailroom.Received → split → orders → commerce, timeline.
"""
