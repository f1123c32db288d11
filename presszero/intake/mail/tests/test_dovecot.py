"""The same fetching against a real Dovecot: IDLE, a cut connection, a mailbox numbered anew."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from presszero.channels.models import Line, Mailbox
from presszero.intake.mail.mailboxes import Mailboxes, Pace
from presszero.mailroom.actions import body_of
from presszero.mailroom.models import Received
from presszero.merchants.models import Merchant
from tests.ports import free_port
from tests.waiting import crowded

from .conftest import mail_line
from .fake_imap import mail, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dovecot")]

QUICK = Pace(lines=0.2, slice=20.0, answer=10.0, first_retry=0.1, last_retry=1.0)

CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
mail_location = maildir:{home}/mail/%n
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
{more}
passdb {{
  driver = static
  args = password=secret
  mechanisms = plain login
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """One server of our own on a free port, its mail in a folder of the test's."""

    def __init__(self, home: Path, more: str = "") -> None:
        """`more`: further lines of its configuration."""
        self.home, self.port, self.more = home, free_port(), more
        self.user = "dovecot" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.home / "mail").mkdir(exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.home / "mail", self.user)
        configuration = self.home / "dovecot.conf"
        group = self.user if os.geteuid() == 0 else pwd_group()
        told = {"home": self.home, "user": self.user, "group": group, "port": self.port, "more": self.more}
        configuration.write_text(CONFIGURATION.format(**told))
        self.process = subprocess.Popen(["dovecot", "-F", "-c", str(configuration)], stderr=subprocess.PIPE)
        until(self._answers, 15)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)

    def client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port, 5)
        client.login("support", "secret")
        return client

    def deliver(self, raw: bytes) -> None:
        client = self.client()
        client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)
        client.logout()

    def _answers(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            said = (self.process.stderr.read() if self.process.stderr else b"").decode()
            pytest.fail(
                f"Dovecot ended: {said} {(self.home / 'log').read_text() if (self.home / 'log').exists() else ''}"
            )
        try:
            self.client().logout()
        except (OSError, imaplib.IMAP4.error):
            return False
        return True


def pwd_group() -> str:
    return grp.getgrgid(os.getegid()).gr_name


@pytest.fixture(scope="module")
def installed() -> None:
    """A test that needs a part installs it, or fails saying how."""
    if shutil.which("dovecot"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "SYSTEMD_OFFLINE": "1", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "update", "-q"], env=quiet, capture_output=True)
        asked = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "dovecot-imapd"]
        subprocess.run(asked, env=quiet, capture_output=True)
    if not shutil.which("dovecot"):
        pytest.fail("This test talks to a real Dovecot. Install it: sudo apt-get install dovecot-imapd")


@contextmanager
def serving(more: str = "", files: Mapping[str, str] | None = None) -> Iterator[Dovecot]:
    """In a folder (HOME in `more`) that its own user may enter, which pytest's are not."""
    home = Path(tempfile.mkdtemp(prefix="presszero-dovecot-"))
    home.chmod(0o755)
    for name, content in (files or {}).items():
        (home / name).write_text(content)
    server = Dovecot(home, more.replace("HOME", str(home)))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home)


@pytest.fixture
def dovecot(installed: None) -> Iterator[Dovecot]:
    with serving() as server:
        yield server


@pytest.fixture
def line(juniper: Merchant, dovecot: Dovecot) -> Line:
    made = mail_line(juniper, "support@juniper.example")
    made.settings = {"imap": {"host": "127.0.0.1", "port": dovecot.port, "security": "none", "user": "support"}}
    made.keep_secrets({"imap_password": "secret"})
    made.save()
    return made


def stored() -> list[str]:
    return sorted(row.external_id.partition("@")[0] for row in Received.objects.all())


def test_F18_a_real_mailbox_from_beginning_to_end(dovecot: Dovecot, line: Line) -> None:
    dovecot.deliver(mail(1))
    running = Mailboxes(QUICK)
    running.start()
    try:
        until(lambda: stored() == ["1"])
        started = time.monotonic()
        dovecot.deliver(mail(2))
        until(lambda: stored() == ["1", "2"])
        assert time.monotonic() - started < 5 * crowded()  # by IDLE, long before the next look

        dovecot.stop()  # cuts every connection
        dovecot.start()
        dovecot.deliver(mail(3, "x" * 200_000))
        until(lambda: stored() == ["1", "2", "3"], 20)

        client = dovecot.client()
        client.select("INBOX")
        kind, flags = client.uid("FETCH", "1:*", "(FLAGS)")
        assert kind == "OK" and not any(b"\\Seen" in each for each in flags if each)
        client.logout()
        before = Mailbox.objects.get().uid_validity

        dovecot.stop()  # numbered anew, as after a restored backup
        for path in (dovecot.home / "mail" / "support").glob("dovecot*"):
            path.unlink()
        (dovecot.home / "mail" / "support" / "dovecot-uidlist").unlink(missing_ok=True)
        time.sleep(1.1)  # a numbering is named after the second it began
        dovecot.start()
        dovecot.deliver(mail(4))
        until(lambda: stored() == ["1", "2", "3", "4"], 20)
        assert Mailbox.objects.get().uid_validity != before
        assert {body_of(row) for row in Received.objects.all()} >= {mail(1), mail(2), mail(4)}
        assert not Received.objects.filter(backfill=True).exists()
    finally:
        running.stop()


def test_mail_is_deleted_where_the_line_says_so(dovecot: Dovecot, line: Line) -> None:
    line.settings["imap"]["after"] = "delete"
    line.save()
    dovecot.deliver(mail(1))
    running = Mailboxes(QUICK)
    running.start()

    def left() -> int:
        client = dovecot.client()
        _, said = client.select("INBOX")
        client.logout()
        return int(said[0] or 0)

    try:
        until(lambda: left() == 0)
        assert stored() == ["1"]
    finally:
        running.stop()
