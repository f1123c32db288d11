"""Addresses of routing's own pages."""

from __future__ import annotations

from django.urls import path

from .views import queues, skills

urlpatterns = [
    path("settings/queues", queues.queues),
    path("settings/queues/new", queues.queue),
    path("settings/queues/<int:queue_id>", queues.queue),
    path("settings/queues/<int:queue_id>/retirement", queues.retirement),
    path("settings/targets", queues.targets),
    path("settings/targets/<int:target_id>/removal", queues.target_removal),
    path("settings/skills", skills.skills),
    path("settings/skills/new", skills.new),
    path("settings/skills/<int:skill_id>/retirement", skills.retirement),
]
