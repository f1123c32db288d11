"""The first day's addresses."""

from __future__ import annotations

from django.urls import path

from .views import readiness, shop, start, ways

urlpatterns = [
    path("start", start.start),
    path("setup/mailbox", ways.mailbox),
    path("setup/hours", shop.hours),
    path("setup/look", shop.look),
    path("setup/look/preview", shop.preview),
    path("setup/web", ways.web),
    path("setup/people", shop.people),
    path("setup/answers", shop.answers),
    path("readiness", readiness.readiness, name="readiness"),
    path("readiness/launch", readiness.launch),
    path("readiness/trials", readiness.trials),
    path("readiness/lines/<int:line_id>", readiness.line),
    path("readiness/lines/<int:line_id>/trial", readiness.trial),
    path("readiness/lines/<int:line_id>/domain", readiness.domain),
]
