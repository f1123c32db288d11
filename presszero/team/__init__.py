"""The people who work here: sign-in, roles, invitations, sessions.

Owns: person, membership, invitation, session, second factor, recovery code, throttle.
Announces: member.joined, member.left, role.changed. Hears: nothing.
"""
