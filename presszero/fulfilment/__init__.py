"""Parcels under way, and when they will be there: carriers' scans, and a forecast for every order that is out.

A forecast is a probability of being on time and a few quantiles of the day of arrival. It is learned from the
merchant's own parcels (`prediction`, which needs no database), told again at every scan, and scored once they arrived.

Owns: carrier, scan, stray scan, stage, forecast, lesson.
Announces: shipment.scanned, forecast.changed, carrier.trouble.
Hears: order.placed, order.changed, order.cancelled, shipment.sent, shipment.delivered (a forecast is due).
"""
