"""The people who work here: sign-in, roles, invitations, sessions.

Owns: person, membership, role, invitation, session, second factor, recovery code, challenge, throttle, mark, letter,
team, sight, sign-in provider, identity, sign-in attempt.
Announces: member.joined, member.left, role.changed. Hears: nothing.

Every view says who may open it with `gate.needs(role)`, `gate.own` or `gate.public`; one that does not is refused.
"""
