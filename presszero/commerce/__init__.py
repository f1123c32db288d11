"""What was sold, to whom, and where it is: products, orders, payments, shipments. Stores tell us, or a person types it.

Money is whole minor units beside its currency. An order belongs to a customer only by a proven handle; until then it
waits. Every write comes through `actions`, whoever tells us: a store's webhook, a back-fill, a sheet, a person.
`stores/<kind>/` connects a shop: one folder, one line of settings.

Owns: store, back-fill, drift, product, variant, order, order line, payment, refund, discount, shipment, return, cart,
draft order, pay account, store credit.
Announces: order.placed, order.changed, order.cancelled, order.attached, payment.made, refund.made, shipment.sent,
shipment.delivered, cart.changed, draft.changed, draft.sent, draft.opened, draft.paid, store.trouble.
Hears: handle.proven, customer.merged, customer.created and message.received (orders that waited find their customer),
order.placed and order.changed (a draft became an order of the shop).
"""
