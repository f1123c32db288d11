"""The chat's addresses in the app. Messages, typing and the stream are the edge's."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views
from .frame import frame
from .loader import loader

urlpatterns: list[URLPattern] = [
    path("widget.js", loader),
    path("chat/<str:token>", frame),
    path("chat/<str:token>/visit", views.visit),
    path("chat/<str:token>/transcript", views.transcript),
    path("chat/<str:token>/files/<str:key>", views.file),
    path("chat/<str:token>/identity", views.identity),
    path("chat/<str:token>/address", views.address),
    path("chat/<str:token>/code", views.code),
    path("chat/<str:token>/marks", views.marks),
    path("chat/<str:token>/page", views.page),
    path("chat/<str:token>/wish", views.wish),
]
