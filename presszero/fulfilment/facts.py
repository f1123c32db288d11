"""Facts about parcels and when they will be there."""

from __future__ import annotations

from dataclasses import dataclass

from presszero.timeline.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ShipmentScanned(Fact):
    kind = "shipment.scanned"
    sentence = "The parcel was scanned"
    shipment_id: int
    stage: str  # fulfilment.vocabulary.Stage


@dataclass(frozen=True, kw_only=True)
class ForecastChanged(Fact):
    kind = "forecast.changed"
    sentence = "The day of arrival was predicted anew"
    forecast_id: int
    on_time: int | None  # percent; None: no day was promised


@dataclass(frozen=True, kw_only=True)
class CarrierTrouble(Fact):
    kind = "carrier.trouble"
    sentence = "A carrier's news could not be read"
    carrier_id: int
