"""We write first: messages about an order or a promise, with choices answered in one tap; and who may be written to.

`gate.may_contact` decides every proactive message at the moment of sending, whoever made it: the outbox asks it through
a registry, so that nothing below knows it. Each decision is kept.

Owns: outreach, notice, choice, gate decision, batch, manners, suppression,
stop wish, unsubscribe.
Announces: outreach.planned, outreach.sent, outreach.held, outreach.refused, outreach.answered, outreach.overtaken,
outreach.stopped, batch.started, batch.stopped.
Hears: gap.opened, gap.changed, gap.closed, promise.broken, promise.renegotiated, order.placed, shipment.sent,
shipment.scanned, shipment.delivered, refund.made (what is worth telling), delivery.changed (it went, or did not),
message.received (they said stop).
"""
