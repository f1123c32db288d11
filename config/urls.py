"""Every address the app answers. Webhooks and live streams are the edge's."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from presszero.team.gate import public
from presszero.ui.assets import asset

urlpatterns: list[URLPattern | URLResolver] = [
    path("assets/<slug:version>/<path:path>", public(asset)),
    path("", include("presszero.team.urls")),
    path("", include("presszero.frontdoor.urls")),
    path("", include("presszero.launch.urls")),
    path("", include("presszero.desk.urls")),
    path("", include("presszero.demo.urls")),
]

handler400 = "presszero.ui.errors.bad_request"
handler403 = "presszero.ui.errors.forbidden"
handler404 = "presszero.ui.errors.not_found"
handler500 = "presszero.ui.errors.broken"
