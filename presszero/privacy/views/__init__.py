"""Screens of privacy: a person's, and the shop's rules."""
