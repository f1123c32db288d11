"""How our own order page is paid: a payment provider a folder, and one line of settings.PAYMENTS.

A card number never comes near us: the customer types it on the provider's own page, and we keep what a receipt says.
"""
