"""The signs' addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import printing, views

urlpatterns: list[URLPattern] = [
    path("settings/signs", printing.signs),
    path("here/<str:word>", views.here),
    path("here/<str:word>/look.css", views.look),
]
