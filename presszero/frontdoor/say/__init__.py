"""One tap without sign-in: how much it matters, by when, and where to answer."""
