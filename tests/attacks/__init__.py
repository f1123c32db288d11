"""Attacks and faults that the product withstands. The ledger says which; each test carries the id of its own."""
