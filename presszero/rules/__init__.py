"""When … and … then …: what the merchant wants done by itself, over the verbs of conversations. Each firing explained.

A rule is asked in `judging` (as it happens) or found in `due` (by time), kept from going round by `policy`, acts in
`firing`, and is tried on the past in `rehearsal`.

Owns: rule, firing, dry run.
Announces: rule.fired.
Hears: what happens to conversations and messages (occasions.HEARD): answers, resolutions, assignments, tags, notes,
wishes, broken promises, side answers.
"""
