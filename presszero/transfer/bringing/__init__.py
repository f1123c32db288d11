"""From records to rows: people, words, macros, conversations. In batches, each one transaction with how far it came.

History sets nothing off: no fact is recorded, so no rule, acknowledgement, alert or webhook hears of it. Bringing the
same file again makes nothing twice, since everything keeps the number it had elsewhere.
"""
