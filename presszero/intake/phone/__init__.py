"""The phone gateway: telephone calls by SIP on one side, members' browsers on the other, rtpengine in the middle.

What a caller hears and what their keys do is `calls.menu`'s pure machine; who is rung is `calls.actions`'. Here it is
carried out: `sip` speaks with carriers, `ng` with rtpengine, `media` and `sound` in words of calls, `calls` runs the
machine for each, `ends` are the people in it, `records` asks the database, on threads that no call waits for.

Owns: trunk (how a line's calls reach us), gate (who may call), end (somebody's part in a live call), room (more than
two in one).
Announces and hears: nothing; `calls` does, for it.
"""
