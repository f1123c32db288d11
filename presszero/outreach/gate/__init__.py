"""The gate: may this person be written to first, on this channel, for this purpose, now?

`asking` answers (and the outbox asks it), `policy` decides from `knowing`, `places` says where somebody is, `saying`
puts a rule into words. Names its own words: whereabouts, rehearsal.
"""

from .asking import Answer, may_contact, may_go, rehearse

__all__ = ["Answer", "may_contact", "may_go", "rehearse"]
