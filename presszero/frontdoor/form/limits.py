"""How much one network, one address and one line may send; counted in the database, parallel tries too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from presszero.channels.models import Line
from presszero.core.sealing import fingerprint
from presszero.team.throttle import Limit, network, tries

_QUARTER, _HOUR, _DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

KNOCKS = Limit("form-knocks", 60, _QUARTER)  # of one network: forms drawn again count as well
SENDS = Limit("form-sends", 20, _QUARTER)  # of one network, on all lines
ADDRESS = Limit("form-address", 20, _HOUR)  # of what they say is their e-mail, on one line
LINE = Limit("form-line", 2000, _HOUR)
SAME = Limit("form-same", 50, _DAY)  # the same words, at one merchant


@dataclass(frozen=True, slots=True)
class Counted:
    """How often each came in its window, this one included."""

    of_network: int
    of_address: int
    on_line: int
    same: int

    @property
    def is_too_much(self) -> bool:
        """Past these it is not even held: it is not taken."""
        return (
            self.of_network > SENDS.most
            or self.of_address > ADDRESS.most
            or self.on_line > LINE.most
            or self.same > SAME.most
        )


def knocks_too_often(ip: str, at: datetime) -> bool:
    return tries(KNOCKS, network(ip), at) > KNOCKS.most


def count(line: Line, ip: str, address: str, text: str, at: datetime) -> Counted:
    """Counts one more submission. What is refused for its network is not counted against the line."""
    of_network = tries(SENDS, network(ip), at)
    if of_network > SENDS.most:
        return Counted(of_network, 0, 0, 0)
    of_address = tries(ADDRESS, f"{line.id}:{address}", at) if address else 0
    same = tries(SAME, f"{line.merchant_id}:{fingerprint(' '.join(text.lower().split()))}", at)
    if of_address > ADDRESS.most or same > SAME.most:
        return Counted(of_network, of_address, 0, same)
    return Counted(of_network, of_address, tries(LINE, str(line.id), at), same)
