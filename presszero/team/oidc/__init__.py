"""OpenID Connect, as a client: where a provider's doors are, and whether a token it gives is worth believing.

Owns: nothing; the rows are the team's. Announces: nothing. Hears: nothing.

`discovery` asks a provider what it is, through `core.http`; `token` judges the signed word about a person, and touches
neither network nor database. What we then believe of it is decided in `team.actions.single_sign_on`.
"""
