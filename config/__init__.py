"""Wiring only: settings, addresses and the two web entry points. No product words."""
