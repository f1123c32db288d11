"""Which processes Press Zero consists of, and how they are started: all under one supervisor, or one alone.

Stands beside the command line on top of everything, since it starts everything.
"""

import contextlib
import gc
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from presszero.host import backup, doctor, postgres
from presszero.host.findings import Level
from presszero.host.home import home, make
from presszero.host.occupied import occupy
from presszero.host.ports import DOORS, EDGE, LMTP, SMTP, answers, refuse_used
from presszero.host.refusal import Refusal
from presszero.host.supervisor import Child, Supervisor

WARM = (
    "config.wsgi",
    "config.urls",
    "presszero.host.web",
    "presszero.intake.edge.app",
    "presszero.intake.edge.serve",
    "presszero.intake.worker",
    "presszero.intake.maildoor",
)
WARM_PHONE = ("presszero.calls.actions", "presszero.intake.phone.recordings")
UNFIT = ("database", "version", "writable", "encoding")  # findings that no work can begin with
COLOURS = {"edge": 36, "app": 32, "worker": 33, "mail": 35, "database": 34, "phone": 96, "media": 90}
PHONE = ("media", "phone")  # run only where their parts are installed


def serve_all(*, seed: bool = False) -> int:
    """Run everything in the foreground until asked to stop. The exit code: 0 when stopped in order."""
    if seed:
        os.environ["PRESSZERO_DEMO"] = "1"
    lock = occupy(home())
    refuse_used()
    make(home() / "static")
    supervisor = Supervisor(_printed)
    supervisor.keep_to_itself(lock)
    database = Child("database", run_database, patience=5)
    try:
        return _run(supervisor, database, seed=seed)
    finally:
        supervisor.stop(first=[child for child in supervisor.children if child is not database])
        supervisor.close()
        os.close(lock)


def serve_one(name: str) -> int:
    """Run one process in the foreground, for one of many machines or containers."""
    os.environ["PRESSZERO_PROCESS"] = name
    if postgres.is_embedded() and not postgres.Cluster(home()).is_open():
        raise Refusal(
            "The database does not run. `presszero serve` starts it together with everything else; "
            "to run one process alone, set DATABASE_URL to a PostgreSQL of your own."
        )
    RUN[name]()
    return 0


@contextlib.contextmanager
def django_running() -> Iterator[None]:
    """Django set up, and the embedded database running for as long as the block does."""
    with postgres.running(say=lambda sentence: _printed("", sentence)):
        set_up_django()
        yield


def restore(source: Path) -> None:
    """Put a backup into an empty database and home, and hold sending back before anything can start."""
    lock = occupy(home())
    try:
        with postgres.running(say=lambda sentence: _printed("", sentence)) as url:
            backup.restore(source, url, home())
            set_up_django()
            command = importlib.import_module("django.core.management").call_command
            command("migrate", interactive=False, verbosity=0)
            command("hold_sending", why="restored")
    finally:
        os.close(lock)


def run_database() -> None:
    server = postgres.start(postgres.Cluster(home()))
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: asked.set())
    while not asked.wait(0.2):
        if server.process.poll() is not None:
            server.release()
            raise Refusal(f"PostgreSQL ended with code {server.process.returncode}; its log is {server.cluster.log}.")
    server.stop(seconds=4)


def run_edge() -> None:
    application = importlib.import_module("config.edge").application
    importlib.import_module("presszero.intake.edge.serve").run(application)


def run_app() -> None:
    importlib.import_module("presszero.host.web").serve_app()


def run_app_behind_edge() -> None:
    importlib.import_module("presszero.host.web").serve_app("127.0.0.1")


def run_worker() -> None:
    set_up_django()
    importlib.import_module("presszero.intake.worker").run(_stop_on_signal())


def run_mail() -> None:
    set_up_django()
    importlib.import_module("presszero.intake.maildoor").run(_stop_on_signal())


def run_phone() -> None:
    set_up_django()
    importlib.import_module("presszero.intake.phone.serve").run(_stop_on_signal())


def run_media() -> None:
    """rtpengine: beside the gateway and not under it, so that talk goes on while the gateway is started anew."""
    importlib.import_module("presszero.intake.phone.serve").become_rtpengine()


RUN: dict[str, Callable[[], None]] = {
    "edge": run_edge,
    "app": run_app,
    "worker": run_worker,
    "mail": run_mail,
    "media": run_media,
    "phone": run_phone,
}


def run_migrations() -> None:
    _look_at_database()
    set_up_django()
    importlib.import_module("django.core.management").call_command("migrate", interactive=False, verbosity=0)


def run_pretend() -> None:
    """The mailboxes and telephones of the demo shop's customers."""
    set_up_django()
    stop = _stop_on_signal()
    carrier = importlib.import_module("presszero.demo.carrier").begin(stop)
    importlib.import_module("presszero.demo.mailbox").run(stop)
    if carrier:
        carrier.join(5)


def run_setup_key() -> None:
    """While there is no shop, the key that founds one lies in the home."""
    set_up_django()
    importlib.import_module("presszero.launch.key").ready()


def run_seed() -> None:
    set_up_django()
    importlib.import_module("presszero.demo.seed").seed()


def _run(supervisor: Supervisor, database: Child, *, seed: bool) -> int:
    if postgres.is_embedded():
        supervisor.say("", "Starting the database.")
        supervisor.start(database)
    without = importlib.import_module("presszero.intake.phone.serve").why_not()
    warm_up(phone=not without)
    if postgres.is_embedded() and not supervisor.wait_for(postgres.Cluster(home()).is_open, database):
        return 0 if supervisor.stopping else 1
    for name, run, sentence in (
        ("migrate", run_migrations, "Bringing the tables up to date."),
        *([("seed", run_seed, "Opening the demo shop.")] if seed else [("key", run_setup_key, "")]),
    ):
        if sentence:
            supervisor.say("", sentence)
        if supervisor.run_once(Child(name, run)):
            return 0 if supervisor.stopping else 1
    demo = {"pretend": run_pretend} if seed else {}
    if without:
        supervisor.say("", without)
    for name, run in {**RUN, "app": run_app_behind_edge, **demo}.items():
        if without and name in PHONE:
            continue
        supervisor.start(Child(name, _named(name, run)))
    if supervisor.wait_for(lambda: all(answers(door.port) for door in DOORS)):
        _banner(_who_to_be() if seed else _where_to_begin())
    supervisor.watch()
    return 0


def _look_at_database() -> None:
    """Raises Refusal for a server that we cannot work with; says what endangers messages, and goes on."""
    for finding in doctor.database(postgres.database_url()):
        if finding.level is Level.WRONG:
            sentence = f"{finding.subject}: {finding.says} {finding.mend}"
            if finding.subject in UNFIT:
                raise Refusal(sentence)
            print(f"WARNING {sentence}")


def _named(name: str, run: Callable[[], None]) -> Callable[[], None]:
    def named() -> None:
        os.environ["PRESSZERO_PROCESS"] = name
        settings = importlib.import_module("django.conf").settings
        settings.DATABASES["default"]["OPTIONS"]["application_name"] = f"presszero {name}"
        run()

    return named


def warm_up(*, phone: bool) -> None:
    """Import once what every child needs, so that they share the memory. What is broken here, the child will tell.

    phone: a gateway that was killed must take calls again at once.
    """
    with contextlib.suppress(Exception):
        set_up_django()
    for module in (*WARM, *(WARM_PHONE if phone else ())):
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    gc.collect()
    gc.freeze()  # the collector would otherwise write to every shared page


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    importlib.import_module("django").setup()


def _stop_on_signal() -> threading.Event:
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: asked.set())
    return asked


def _printed(name: str, line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone; the work goes on until we are told to stop
        if not name:
            print(line, flush=True)
        elif sys.stdout.isatty():
            print(f"\x1b[{COLOURS.get(name, 37)}m{name:>8}\x1b[0m | {line}", flush=True)
        else:
            print(f"{name:>8} | {line}", flush=True)


def _who_to_be() -> list[tuple[str, str]]:
    """What the banner says of the demo shop: where to write to, and who to sign in as."""
    cast = importlib.import_module("presszero.demo.cast")
    people = " or ".join(f"{who.address} ({who.says})" for who in (cast.MAYA, cast.TOMAS))
    return [
        ("Play the customer", f"{_origin()}/pretend"),
        ("Write to", cast.SHOP_ADDRESS),
        ("Sign in as", people),
        ("Password", cast.PASSWORD),
    ]


def _where_to_begin() -> list[tuple[str, str]]:
    """What the banner says while there is no shop yet: the link that founds one, which works once."""
    try:
        found = (home() / "setup-key").read_text().strip()
    except OSError:
        return []
    return [("Open your shop", f"{_origin()}/start?key={found}")]


def _banner(people: list[tuple[str, str]]) -> None:
    rows = [
        ("The desk", f"{_origin()}/"),
        ("Send it mail", f"SMTP at 127.0.0.1:{SMTP.port}, LMTP at 127.0.0.1:{LMTP.port}"),
        *people,
    ]
    lines = [f"  {name:<18} {value}" for name, value in rows]
    rule = "─" * max(map(len, lines))
    _printed("", "\n".join(["", rule, "  Press Zero is open.", "", *lines, "", "  Ctrl-C stops all of it.", rule, ""]))


def _origin() -> str:
    return (os.environ.get("PRESSZERO_ORIGIN") or f"http://127.0.0.1:{EDGE.port}").rstrip("/")
