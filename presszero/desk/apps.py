"""Makes the desk's surroundings (its rail, its list of keys) known to every template, also those of apps below."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string

from presszero.ui import jinja

# Of a remedy the stream shows a card where it was asked or given, and a line for what somebody has to see later.
_REMEDIES = (
    "remedy.asked",
    "remedy.given",
    "remedy.granted",
    "remedy.refused",
    "remedy.failed",
    "remedy.unknown",
    "remedy.undone",
)
_TO_PAY = ("draft.sent", "draft.opened", "draft.paid")


class DeskConfig(AppConfig):
    name = "presszero.desk"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.conversations.queries.stream.tell_too")(*_REMEDIES, *_TO_PAY)
        jinja.everywhere(
            own_frame="desk/own.html",
            desk_frame="desk/frame.html",
            rail=import_string("presszero.desk.rail.rail"),
            cheat=import_string("presszero.desk.keys.cheat"),
            settings_parts=import_string("presszero.desk.views.settings.frame.parts"),
            newest_event=import_string("presszero.timeline.queries.newest"),
            day_name=import_string("presszero.desk.forms.shop.day_name"),
        )
