"""The screens of the team: the way in, one's own page, the people."""
