"""Addresses of the phone's settings."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import lines, trying, views

HERE = "settings/phone"
_MENU = f"{HERE}/menus/<int:menu_id>"

urlpatterns: list[URLPattern] = [
    path(HERE, lines.phone),
    path(f"{HERE}/numbers", lines.added),
    path(f"{HERE}/numbers/<int:number_id>", lines.line),
    path(f"{HERE}/menus", views.menus),
    path(_MENU, views.menu),
    path(f"{_MENU}/name", views.name),
    path(f"{_MENU}/places", views.places),
    path(f"{_MENU}/nodes/<slug:node>", views.node),
    path(f"{_MENU}/nodes/<slug:node>/keys", views.key),
    path(f"{_MENU}/speech", views.speech),
    path(f"{_MENU}/publication", views.publication),
    path(f"{_MENU}/versions/<int:number>", views.version),
    path(f"{_MENU}/retirement", views.retirement),
    path(f"{_MENU}/trial", trying.trial),
    path(f"{_MENU}/sounds/<slug:node>", trying.sound),
]
