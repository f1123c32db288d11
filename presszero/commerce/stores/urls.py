"""Addresses of the settings' page "Stores"."""

from __future__ import annotations

from django.urls import path

from . import screens

urlpatterns = [
    path("settings/stores", screens.stores, name="stores"),
    path("settings/stores/new/<slug:store_kind>", screens.new),
    path("settings/stores/<int:store_id>", screens.store),
    path("settings/stores/<int:store_id>/progress", screens.progress),
    path("settings/stores/<int:store_id>/keys", screens.keys),
    path("settings/stores/<int:store_id>/check", screens.check),
    path("settings/stores/<int:store_id>/reading", screens.reading),
    path("settings/stores/<int:store_id>/end", screens.end),
]
