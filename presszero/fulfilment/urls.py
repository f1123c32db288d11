"""Addresses of the settings' pages "Carriers" and "How well we predict"."""

from __future__ import annotations

from django.urls import path

from . import screens
from .carriers import screens as carriers

urlpatterns = [
    path("settings/carriers", carriers.carriers),
    path("settings/carriers/new/<slug:carrier_kind>", carriers.new),
    path("settings/carriers/<int:carrier_id>", carriers.carrier),
    path("settings/carriers/<int:carrier_id>/secret", carriers.secret),
    path("settings/carriers/<int:carrier_id>/end", carriers.end),
    path("settings/forecasts", screens.forecasts),
]
