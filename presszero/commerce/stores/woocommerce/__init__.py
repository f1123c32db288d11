"""WooCommerce, by its REST API v3 with a key of the merchant's, and its own webhooks.

Its words stop here: money comes as decimals in text, times without a zone, and a tax beside every price. What leaves is
minor units, times with a zone, and what the buyer pays.
"""
