"""Addresses of one's own alerts, and of the worker, which must stand at the root."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("me/alerts", views.alerts),
    path("me/alerts/new", views.news),
    path("me/alerts/trial", views.trial),
    path("me/alerts/devices", views.devices),
    path("me/alerts/devices/<int:device_id>/removal", views.device_removal),
    path("worker.js", views.worker),
    path("offline", views.offline),
]
