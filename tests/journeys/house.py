"""The product as a merchant runs it: `presszero serve`, on free ports, over a database of its own."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from presszero.host import pytest_tables
from presszero.host.ports import answers
from presszero.intake.edge.database import conninfo
from tests.ports import free_ports
from tests.waiting import until


class House:
    """All processes under the one supervisor. `database`: a URL, or "" for the embedded one; `extra`: more settings."""

    def __init__(self, folder: Path, database: str, command: str = "serve", **extra: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.command = folder, command
        self.edge, self.app, self.smtp, self.lmtp = free_ports(4)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PRESSZERO_", "DATABASE_"))},
            **({"DATABASE_URL": database} if database else {}),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PRESSZERO_HOME": str(folder),
            "PRESSZERO_SECRET_KEY": settings.SECRET_KEY,
            "PRESSZERO_PORT": str(self.edge),
            "PRESSZERO_APP_PORT": str(self.app),
            "PRESSZERO_SMTP_PORT": str(self.smtp),
            "PRESSZERO_LMTP_PORT": str(self.lmtp),
            "PRESSZERO_PHONE": "0",  # two more processes, for the journeys that telephone
            **extra,
        }
        self.log = folder / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.edge}"

    def start(self, seconds: float = 60) -> House:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "presszero", self.command]
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log, process_group=0
            )
        doors = (self.edge, self.app, self.smtp, self.lmtp)
        until(lambda: self._alive() and all(map(answers, doors)), seconds, "the start of Press Zero")
        return self

    def migrate(self) -> None:
        """Makes the tables in a PostgreSQL of the house's own, as the tests' own were made."""
        if pytest_tables.fill(self.environment["DATABASE_URL"]):
            return
        command = [sys.executable, "-m", "presszero", "migrate"]
        subprocess.run(command, env=self.environment, cwd=settings.BASE_DIR, check=True, capture_output=True)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)

    def said(self) -> str:
        """What its processes wrote."""
        return self.log.read_text(errors="replace")

    def take_mail(self, mail: EmailMessage | bytes, *to: str) -> None:
        """Hands a mail to the SMTP door, as another mail server does. Raises smtplib's errors."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        with smtplib.SMTP("127.0.0.1", self.smtp, local_hostname="mail.example", timeout=20) as door:
            door.sendmail("bounces@mail.example", list(to), raw, ["BODY=8BITMIME"])

    def _alive(self) -> bool:
        assert self.process
        assert self.process.poll() is None, f"Press Zero ended:\n{self.said()[-3000:]}"
        return True


def database_of_its_own(name: str, template: str = "template1") -> str:
    """An empty database beside the tests' own; its URL."""
    given = connection.settings_dict
    with psycopg.connect(conninfo({**given, "NAME": "postgres"}), autocommit=True) as plain:
        plain.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        plain.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    password = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    return f"postgresql://{given['USER']}{password}@/{name}?host={given['HOST']}&port={given['PORT'] or 5432}"


def database_with_tables(name: str) -> str:
    """The same with its tables, so that shops can be opened before the doors are."""
    return database_of_its_own(name, pytest_tables.template())


@contextmanager
def looking_into(**where: str) -> Iterator[None]:
    """Django's own connection looks into another database: settings such as NAME and HOST for as long as the block."""
    before = {key: connection.settings_dict[key] for key in where}
    connection.close()
    connection.settings_dict.update(where)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
