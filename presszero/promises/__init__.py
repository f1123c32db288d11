"""What we said would happen by when, what the customer believes, and where that differs from what will happen.

Sync compares expectation, promise and present plan whenever one of them changes; a difference is a gap, to be acted on
now and not when they ask.

Owns: promise, acknowledgement, promise kind, expectation, gap, keeping.
Announces: promise.made, promise.kept, promise.broken, promise.withdrawn, promise.at_risk, promise.safe,
promise.renegotiated, promise.reopened, expectation.noted, expectation.withdrawn, gap.opened, gap.changed, gap.closed.
Hears: message.received (an acknowledgement is due; they may say by when they need it), message.sent (a promise is
kept), message.taken_back and answer.not_arrived (it is open again), conversation.resolved, conversation.spam and
conversation.split (what we said goes with the matter), call.logged (a call back is kept), order.placed, order.changed,
order.cancelled, order.attached, shipment.delivered, refund.made and forecast.changed (the plan changed), and its own
promises and expectations (sync).
"""
