"""How a batch of arrivals becomes messages in conversations: looked up, decided and written, a few statements in all.

`batch` holds what is known while we think, `found` reads, `decide` thinks, `write` writes, `reports` are deliveries.
"""
