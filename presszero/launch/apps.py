"""Makes what is left of the first day known to the desk's rail, and its jobs to the queue."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import import_string

from presszero.ui import jinja


class LaunchConfig(AppConfig):
    name = "presszero.launch"

    def ready(self) -> None:
        # By name: models cannot be imported before every app is there.
        import_string("presszero.launch.actions.trials.send_trial")
        import_string("presszero.launch.actions.domains.look_up")
        jinja.everywhere(things_left=import_string("presszero.launch.queries.things_left"))
