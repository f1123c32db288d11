"""Paid by bank transfer: the merchant's own words say how, and a person marks it paid."""
