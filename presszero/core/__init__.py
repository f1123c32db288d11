"""What every app may lean on and no shopkeeper would name: actors, ids, sealing, clean text, safe HTTP.

No models, no domain words. Imports nothing of the product.
"""
