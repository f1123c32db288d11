"""Addresses of the prompt in a conversation, and of its settings."""

from __future__ import annotations

from django.urls import path

from . import screens, views

_C = "conversations/<int:number>"

urlpatterns = [
    path(f"{_C}/suggestion", views.suggestion),
    path(f"{_C}/suggestion/reason", views.reason),
    path(f"{_C}/well", views.well),
    path("products/<int:product_id>/picture", views.picture),
    path("settings/suggestions", screens.suggestions),
]
