"""Stripe: Checkout's own page, signed webhooks, refunds. https://docs.stripe.com/api"""
