"""The phone menu as a pure machine: what a caller hears and may press, and that 0 always leads to a person.

`flow` is what a merchant draws, `vocabulary` what drivers and machine say to each other, `machine.step` the whole of
it, `checking` what is wrong with a flow. No database, no clock, no network; of Django only the mark of a sentence.
"""
