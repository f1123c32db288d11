"""Shopify, by its GraphQL Admin API and its webhooks, with an app that the merchant makes in their own shop.

Its words stop here: `gid://shopify/Order/7` is "7" for us, and money is what the buyer paid, in the buyer's currency.
"""
