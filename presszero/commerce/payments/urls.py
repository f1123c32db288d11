"""Addresses of the settings' page "Being paid"."""

from __future__ import annotations

from django.urls import path

from . import screens

urlpatterns = [
    path("settings/payments", screens.payments),
    path("settings/payments/<slug:pay_kind>", screens.connection),
    path("settings/payments/<slug:pay_kind>/check", screens.check),
    path("settings/payments/<slug:pay_kind>/end", screens.end),
]
