"""Addresses of privacy. Each view's mark says who may open it."""

from __future__ import annotations

from django.urls import path

from .views import person, shop

urlpatterns = [
    path("customers/<int:number>/privacy", person.privacy),
    path("customers/<int:number>/privacy/copies", person.copies),
    path("customers/<int:number>/privacy/erasure", person.erasure),
    path("customers/<int:number>/privacy/hold", person.hold),
    path("privacy/erasures/<int:erasure_id>/withdrawal", person.withdrawal),
    path("privacy/holds/<int:hold_id>/end", person.hold_end),
    path("privacy/copies/<int:copy_id>/file", person.copy_file),
    path("privacy/entries/<int:entry_id>/redaction", person.redaction),
    path("settings/privacy", shop.privacy),
    path("settings/privacy/rules", shop.channel_rule),
    path("settings/privacy/rules/<slug:what>", shop.rule),
]
