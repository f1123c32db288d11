"""Tests of the e-mail channel. Mails in `mails/` are written for these tests."""
