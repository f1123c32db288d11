"""Addresses of the remedies' own pages."""

from __future__ import annotations

from django.urls import path

from .views import authority, own, passed, questions

urlpatterns = [
    path("questions/<int:remedy_id>", questions.question),
    path("settings/authority", authority.authority),
    path("settings/authority/limits/new", authority.limit),
    path("settings/authority/limits/<int:limit_id>", authority.limit),
    path("settings/authority/limits/<int:limit_id>/removal", authority.removal),
    path("settings/authority/sentence", authority.says),
    path("settings/authority/rates", authority.rates),
    path("settings/authority/rates/<int:rate_id>/removal", authority.rate_removal),
    path("settings/exceptions", passed.exceptions),
    path("settings/exceptions/adoptions", passed.adoptions),
    path("settings/remedies", own.remedies),
    path("settings/remedies/new", own.remedy),
    path("settings/remedies/<int:own_id>", own.remedy),
    path("settings/remedies/<int:own_id>/secret", own.secret),
    path("settings/remedies/<int:own_id>/retirement", own.retirement),
]
