"""Addresses of writing first."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import batches, choices, manners, notices, preferences

urlpatterns: list[URLPattern] = [
    path("settings/messages", notices.notices),
    path("settings/messages/<slug:notice_kind>", notices.notice),
    path("settings/messages/<slug:notice_kind>/preview", notices.preview),
    path("c/<str:token>", choices.choices),
    path("c/<str:token>/undoing", choices.undoing),
    path("c/<str:token>/look.css", choices.look),
    path("outreach", batches.batches),
    path("outreach/new", batches.batch),
    path("outreach/<int:batch_id>", batches.batch),
    path("outreach/<int:batch_id>/now", batches.now),
    path("outreach/<int:batch_id>/start", batches.starting),
    path("outreach/<int:batch_id>/stop", batches.stopping),
    path("settings/writing-first", manners.manners),
    path("settings/writing-first/pause", manners.pausing),
    path("settings/writing-first/addresses", manners.suppressions),
    path("settings/writing-first/addresses/<int:suppression_id>/lifting", manners.lifting),
    path("u/<str:token>", preferences.preferences),
    path("u/<str:token>/look.css", preferences.look),
]
