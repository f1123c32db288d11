"""The order page's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("pay/<str:token>", views.pay),
    path("pay/<str:token>/look.css", views.look),
    path("pay/<str:token>/opening", views.opening),
    path("pay/<str:token>/state", views.state),
]
