"""Addresses of a member's phone, and of what was kept of calls."""

from __future__ import annotations

from django.urls import path

from .transcribing import views as transcribing
from .views import dial, mine, phone

urlpatterns = [
    path("phone", phone.desk_phone),
    path("phone/dialler", dial.dialler),
    path("phone/others", dial.others),
    path("phone/calls", dial.calls),
    path("phone/calls/<int:call_id>/listen", phone.listen),
    path("phone/calls/<int:call_id>/wrap-up", phone.wrap_up),
    path("phone/legs/<int:leg_id>/quality", phone.quality),
    path("phone/legs/<int:leg_id>/<slug:verb>", phone.leg),
    path("me/phone", mine.my_phone),
    path("calls/recordings/<int:recording_id>/sound", mine.sound),
    path("calls/recordings/<int:recording_id>/transcript", transcribing.transcript),
    path("settings/phone/transcriber", transcribing.transcriber),
    path("settings/phone/transcriber/removal", transcribing.removal),
]
