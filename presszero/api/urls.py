"""The API, its description, and the settings about both."""

from __future__ import annotations

from django.urls import include, path

from . import openapi, site
from .views import docs, tokens, webhooks

urlpatterns = [
    path(site.PREFIX, include(site.addresses())),
    path("api/openapi.json", openapi.openapi),
    path("api/docs", docs.docs),
    path("settings/api", tokens.tokens),
    path("settings/api/<int:token_id>/revocation", tokens.revocation),
    path("settings/webhooks", webhooks.webhooks),
    path("settings/webhooks/<int:webhook_id>", webhooks.webhook),
    path("settings/webhooks/<int:webhook_id>/switch", webhooks.switch),
    path("settings/webhooks/<int:webhook_id>/secret", webhooks.secret),
    path("settings/webhooks/<int:webhook_id>/trials", webhooks.trial),
    path("settings/webhooks/<int:webhook_id>/removal", webhooks.removal),
    path("settings/webhooks/<int:webhook_id>/again", webhooks.again_all),
    path("settings/webhooks/<int:webhook_id>/told/<int:told_id>", webhooks.delivery),
    path("settings/webhooks/<int:webhook_id>/told/<int:told_id>/again", webhooks.again),
]
