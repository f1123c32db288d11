"""The form's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import embed, views

urlpatterns: list[URLPattern] = [
    path("form.js", embed.loader),
    path("form/<str:token>", views.form),
    path("form/<str:token>/look.css", embed.look),
    path("form/<str:token>/thanks", views.thanks),
]
