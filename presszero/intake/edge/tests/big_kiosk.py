"""As the kiosk, for bodies of mail's size."""

from .kiosk import BigKiosk

adapter = BigKiosk()
