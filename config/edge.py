"""The edge: webhooks, live pages, and the way to the app. Raw ASGI; `python -m config.edge` serves it with granian."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from presszero.intake.edge.app import Edge  # needs the line above

application = Edge()

if __name__ == "__main__":
    from presszero.intake.edge.serve import run

    run(application)
