"""Shops that can be connected: one folder a platform, found by settings.STORES. See docs/how-to/write-a-store.md."""
