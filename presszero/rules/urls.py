"""Addresses of the rules, their dry runs and their firings."""

from __future__ import annotations

from django.urls import path

from .views import firings, rules, trying

urlpatterns = [
    path("settings/rules", rules.rules, name="rules"),
    path("settings/rules/new", rules.rule),
    path("settings/rules/starters/<slug:key>", rules.starter),
    path("settings/rules/sentence", trying.sentence),
    path("settings/rules/dry-runs", trying.dry_runs),
    path("settings/rules/dry-runs/<int:run_id>", trying.dry_run),
    path("settings/rules/<int:rule_id>", rules.rule),
    path("settings/rules/<int:rule_id>/switch", rules.switch),
    path("settings/rules/<int:rule_id>/position", rules.position),
    path("settings/rules/<int:rule_id>/retirement", rules.retirement),
    path("firings/<int:firing_id>", firings.firing),
]
