"""The web form: it only brings things in; answers go where the sender asked for them.

A submission reaches the mailroom through the form's own page as
{"id", "sender", "name", "email", "phone", "subject", "text", "topic", "fields": [[label, value], …],
"attachments": [{"filename", "content_type", "base64"}], "wish": {…}, "at"}. Announces and hears: nothing.

A line's settings: sites (origins that may frame it), topics ([{"name", "fields": [{"key", "label", "kind", …}]}]),
texts, answers_from (the id of the mail line that answers go out from; absent: the brand's first).
"""
