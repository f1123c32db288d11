"""Call me's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("call/<str:token>", views.ring),
    path("call/<str:token>/look.css", views.look),
]
