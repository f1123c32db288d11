"""A certified OpenID provider, started for a journey and stopped after it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from presszero.host.ports import answers
from tests.ports import free_ports

from .house import until

SECRET = "a secret of some length"


@contextmanager
def open_id(redirect: str, people: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Its issuer. `people`: what somebody types as their login → what the provider says of them."""
    node, clients = shutil.which("node"), Path(settings.BASE_DIR) / "clients"
    assert node, "The provider runs on Node 20 or newer; bin/test installs it."
    assert (clients / "node_modules/oidc-provider").is_dir(), "Install it: npm ci, in clients/"
    (port,) = free_ports(1)
    command = [
        node,
        str(Path(__file__).with_name("open_id.mjs")),
        str(clients),
        str(port),
        redirect,
        json.dumps(people),
    ]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: running.poll() is None and answers(port), 20, "the start of the provider")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(10)
