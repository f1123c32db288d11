"""Every address the app answers. Webhooks and live streams are the edge's."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from presszero.team.gate import public
from presszero.ui.assets import asset

urlpatterns: list[URLPattern | URLResolver] = [
    path("assets/<slug:version>/<path:path>", public(asset)),
    path("", include("presszero.team.urls")),
    path("", include("presszero.alerts.urls")),
    path("", include("presszero.channels.urls")),
    path("", include("presszero.commerce.stores.urls")),
    path("", include("presszero.commerce.payments.urls")),
    path("", include("presszero.fulfilment.urls")),
    path("", include("presszero.calls.urls")),
    path("", include("presszero.calls.editing.urls")),
    path("", include("presszero.calls.hosted.urls")),
    path("", include("presszero.routing.urls")),
    path("", include("presszero.remedies.urls")),
    path("", include("presszero.outreach.urls")),
    path("", include("presszero.offers.urls")),
    path("", include("presszero.workforce.urls")),
    path("", include("presszero.rules.urls")),
    path("", include("presszero.privacy.urls")),
    path("", include("presszero.transfer.urls")),
    path("", include("presszero.frontdoor.urls")),
    path("", include("presszero.api.urls")),
    path("", include("presszero.launch.urls")),
    path("", include("presszero.desk.urls")),
    path("", include("presszero.demo.urls")),
]

handler400 = "presszero.ui.errors.bad_request"
handler403 = "presszero.ui.errors.forbidden"
handler404 = "presszero.ui.errors.not_found"
handler500 = "presszero.ui.errors.broken"
