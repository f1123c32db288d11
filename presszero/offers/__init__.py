"""The next order, when all is well again: what customers like her bought next, never before the fix.

Whether a conversation may see a suggestion is drawn by hash and written down before anything is decided: one in ten is
held out, so that what suggestions earn can be measured against what would have happened anyway. A customer is drawn
once and stays where they were drawn. Nobody who answers is told who is held out.

Owns: chance, suggestion, all well, suggesting, bought together, buyers.
Announces: offer.considered, offer.suggested, offer.used, offer.dismissed.
Hears: conversation.resolved, remedy.done, message.received (a chance may begin), draft.changed (a suggestion became an
order to be paid).
"""
