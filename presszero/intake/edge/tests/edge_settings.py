"""The product's settings and two channels of our own."""

from config.settings import *  # noqa: F403
from config.settings import CHANNELS

CHANNELS = {
    **CHANNELS,
    "kiosk": "presszero.intake.edge.tests.kiosk",
    "big": "presszero.intake.edge.tests.big_kiosk",
}
