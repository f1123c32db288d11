"""Addresses for the providers of phone lines. The safe document's own is the edge's."""

from __future__ import annotations

from django.urls import path

from . import screens, views

_NUMBER = "settings/phone/numbers/<int:number_id>"

urlpatterns = [
    path(f"{_NUMBER}/provider", screens.provider),
    path(f"{_NUMBER}/connection", screens.connection),
    path(f"{_NUMBER}/old-token", screens.old_token),
    path("hosted/music.wav", views.music),
    path("hosted/prompts/<str:prompt_token>", views.prompt),
    path("hosted/<str:token>/voice", views.voice),
    path("hosted/<str:token>/status", views.status),
    path("hosted/<str:token>/room", views.room),
    path("hosted/<str:token>/recording", views.recording),
    path("hosted/<str:token>/keys", views.keys),
    path("hosted/<str:token>/<uuid:call_uid>/step", views.step),
    path("hosted/<str:token>/<uuid:call_uid>/called", views.called),
    path("hosted/<str:token>/<uuid:call_uid>/called/status", views.called_status),
    path("hosted/<str:token>/legs/<int:end_id>", views.leg),
    path("hosted/<str:token>/legs/<int:end_id>/status", views.leg_status),
]
