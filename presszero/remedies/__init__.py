"""Putting it right: refund, replace, credit, cancel … and who may give what without asking.

A remedy is decided here, once, under locks, and done afterwards through the store (or written down as a task where the
store cannot). `policy` is pure and says why in a sentence; the limits hold in the database, whoever asks: an agent, a
rule, a program or the assistant.

Owns: remedy, limit, exchange rate, attempt, lead's answer, exception, own remedy, task.
Announces: remedy.given, remedy.done, remedy.failed, remedy.unknown, remedy.undone, remedy.asked, remedy.granted,
remedy.refused, rule.passed.
Hears: refund.made (a store's word settles what was unknown), order.changed.
"""
