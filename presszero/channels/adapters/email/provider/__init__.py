"""Mail providers with a web interface: their webhooks in, their APIs out, through django-anymail.

`catalogue` says what each provider needs; `webhooks` checks and reads what they post; `sending` hands mail to them.
"""
