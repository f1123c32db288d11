"""Pages: the settings about tokens and webhooks, and the API's own description for people."""
