"""Call me: a page on which a customer asks to be called, now or at an hour that suits them."""
