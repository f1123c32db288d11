"""The one-tap page's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("say/<str:token>", views.say),
    path("say/<str:token>/look.css", views.look),
]
