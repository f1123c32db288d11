"""The order page: what a link to pay opens, without sign-in, on a phone first."""
