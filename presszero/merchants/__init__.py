"""The tenant: a merchant with brands, hours, currency and languages; and how every row belongs to one.

Owns: merchant, brand, hours, holiday.
Announces: nothing yet. Hears: nothing.
"""
