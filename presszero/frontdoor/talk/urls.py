"""Talk now's addresses."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("talk/<str:token>", views.talk),
    path("talk/<str:token>/look.css", views.look),
    path("talk/<str:token>/ways", views.ways),
    path("talk/<str:token>/calls", views.calls),
    path("talk/<str:token>/calls/<uuid:uid>", views.call),
    path("talk/<str:token>/calls/<uuid:uid>/end", views.end),
]
