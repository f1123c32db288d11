"""Stories across the whole product: every process runs, mail and webhooks come over real sockets, agents sit at a real
Chromium, and customers' answers leave through a real SMTP server."""
