"""The page counts texts as the server does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from presszero.channels.tests.test_segments import CASES

SCRIPT = Path(__file__).parents[1] / "static" / "desk" / "segments.js"
_COUNT = """
const { segments } = await import(`data:text/javascript,${encodeURIComponent(process.argv[1])}`);
const cases = JSON.parse(process.argv[2]);
console.log(JSON.stringify(cases.map((one) => segments(one.text.repeat(one.times)))));
"""


def test_the_page_counts_what_the_server_counts() -> None:
    given = [SCRIPT.read_text(), json.dumps(CASES)]
    said = subprocess.run(
        ["node", "--input-type=module", "-e", _COUNT, *given], check=True, capture_output=True, text=True
    ).stdout
    assert json.loads(said) == [{name: case[name] for name in ("encoding", "units", "count", "left")} for case in CASES]
