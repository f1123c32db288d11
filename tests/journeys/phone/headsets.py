"""Headsets for a page in a browser that has no USB: what Chromium's `navigator.hid` shows of real ones.

The reports are laid out as those of devices that are sold. They behave as those do: a press that the page does not
confirm by a light is taken back. A hook switch follows the light that says "off the hook", and says so, or does not; a
mute that stands follows its light without a word.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page

HOOK, MUTE, FLASH = 0x0B0020, 0x0B002F, 0x0B0021
LIGHTS = {0x080017: "off the hook", 0x080018: "rings", 0x080009: "muted", 0x080020: "held"}
TAKES_BACK = 2000  # milliseconds without a light
BETWEEN = 250  # milliseconds; nobody presses twice in less


def _item(*usages: int, stays: bool = True, bits: int = 1, count: int = 0, **more: Any) -> dict[str, Any]:
    given = {"usages": list(usages), "isAbsolute": stays, "isArray": False, "isRange": False, "reportSize": bits}
    return {**given, "reportCount": count or len(usages), "isConstant": not usages, **more}


# Hook switch and a busy tone as they stand; mute, flash, redial and speed dial for a press each; a button that says no;
# a keypad as an array of four bits; lights for five things and a ringer beside them. So say many made for offices.
PRESSES = [
    {
        "usagePage": 0x0B,
        "usage": 0x05,
        "inputReports": [
            {
                "reportId": 2,
                "items": [
                    _item(HOOK, 0x0B0097),
                    _item(MUTE, FLASH, 0x0B0024, 0x0B0050, stays=False),
                    _item(0x090007),
                    _item(bits=4, count=1, isArray=True, isRange=True, usageMinimum=0x0B00B0, usageMaximum=0x0B00BB),
                    _item(count=5),
                ],
            }
        ],
        "outputReports": [
            {
                "reportId": 2,
                "items": [
                    _item(0x080017, 0x080009, 0x080018, 0x080020, 0x080021),
                    _item(0x0B009E),
                    _item(count=10),
                ],
            }
        ],
        "children": [],
    }
]
# Hook switch and mute as they stand, in one report; the lights in another, muted first; keys for the loudness beside
# them in a collection of their own. So say small ones.
STANDS = [
    {
        "usagePage": 0x0C,
        "usage": 0x01,
        "inputReports": [{"reportId": 3, "items": [_item(0x0C00E9, 0x0C00EA), _item(count=6)]}],
        "outputReports": [],
        "children": [],
    },
    {
        "usagePage": 0x0B,
        "usage": 0x05,
        "inputReports": [{"reportId": 1, "items": [_item(HOOK, MUTE), _item(count=6)]}],
        "outputReports": [{"reportId": 2, "items": [_item(0x080009, 0x080017, 0x080018), _item(count=5)]}],
        "children": [],
    },
]
_PLAYED = (Path(__file__).parent / "headset.js").read_text()


@dataclass
class Played:
    """A headset in whatever pages `context` opens."""

    page: Page

    @classmethod
    def plugged_into(cls, context: BrowserContext, page: Page, collections: list[dict[str, Any]]) -> Played:
        script = _PLAYED.replace("COLLECTIONS", json.dumps(collections)).replace("LIGHTS", json.dumps(list(LIGHTS)))
        for name, number in (("HOOK", HOOK), ("MUTE", MUTE), ("TAKES_BACK", TAKES_BACK)):
            script = script.replace(name, str(number))
        context.add_init_script(script)
        return cls(page)

    def press(self, usage: int) -> None:
        self.page.evaluate("usage => window.played.press(usage)", usage)
        self.page.wait_for_timeout(BETWEEN)

    def media(self, action: str) -> None:
        """A key that the browser itself knows."""
        self.page.evaluate("action => window.played.media[action]({ action })", action)

    def lights(self) -> set[str]:
        return {LIGHTS[usage] for usage in self.page.evaluate("() => window.played.lights()")}

    def unplug(self) -> None:
        self.page.evaluate("() => window.played.unplug()")

    def plug(self) -> None:
        self.page.evaluate("() => window.played.plug()")
