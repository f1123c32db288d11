"""The chat in a real browser on a shop's own origin, with everything behind it played and made unwell on purpose."""
