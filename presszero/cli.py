"""The command line. A command imports what it needs once it is chosen, so that `--help` and `explain-mail` are fast."""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from presszero import __version__
from presszero.core.refusal import Refused
from presszero.host.refusal import Refusal

EPILOG = """\
settings, all optional, from the environment:
  DATABASE_URL          a PostgreSQL of your own (15 or newer) instead of the embedded one
  PRESSZERO_HOME        where everything written lies (var/ beside the code; /var/lib/presszero for root)
  PRESSZERO_ORIGIN      the address people see, such as https://help.juniper.example
  PRESSZERO_PORT        the desk and the webhooks (8000)
  PRESSZERO_APP_PORT    the pages behind it, this machine only (8001)
  PRESSZERO_SMTP_PORT   mail by SMTP (2525)
  PRESSZERO_LMTP_PORT   mail by LMTP (2424)
  PRESSZERO_BIND        the address these listen on (127.0.0.1)
  PRESSZERO_SIP_PORT    telephone calls by SIP, over UDP (5060)
  PRESSZERO_SIP_BIND    the address SIP listens on (127.0.0.1; read docs/how-to/phone-line.md before another)
  PRESSZERO_PHONE       0: no telephone of our own, even where its parts are installed

exit codes: 0 done, 1 something is wrong and said so, 2 the command was not understood, 130 interrupted
"""

STAFFING = """\
what the numbers mean:
  service level  the share of all callers who are answered within the target time. Whoever gives up
                 counts as not answered, however soon they did
  mean wait      of all callers: those answered at once and those who gave up too
  busy           the share of the agents' time spent on callers who were served
  rostered       agents / (1 - shrinkage), rounded up

Erlang C lets nobody hang up and is pessimistic; Erlang A (with --patience) is optimistic:
plan between them. Calls come at random and take a random time.
A length of time is 180, 180s, 3m, 3min, 0.5h, 1h30m or 3:00; a share is 80%, 80 or 0.8.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # names and words of any language, whatever the terminal claims
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except Refusal as why:
        print(f"presszero: {why}", file=sys.stderr)
        return 1
    except Refused as why:
        print(f"presszero: {why} {why.next_step}".rstrip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `presszero … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="presszero",
        description="Customer service for merchants who sell direct: every channel, one conversation per customer.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"presszero {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    serve = _command(commands, "serve", _serve, "run everything in the foreground, or one process of it")
    processes = ["edge", "app", "worker", "mail", "media", "phone"]
    serve.add_argument("process", nargs="?", choices=processes, help="only this one")
    _command(commands, "demo", _demo, "run everything with the demo shop in it")
    _command(commands, "doctor", _doctor, "check database, ports, mail DNS, clock and disk; say how to mend them")

    explain = _command(commands, "explain-mail", _explain_mail, "show how mail files are understood; needs no database")
    explain.add_argument("files", nargs="+", metavar="FILE", help="a mail as raw bytes (.eml)")
    explain.add_argument("--jsonl", action="store_true", help="a line of JSON for each file")

    history = _command(commands, "import-mail", _import_mail, "bring old mail in as history; resumes where it stopped")
    history.add_argument("source", metavar="MBOX_OR_DIR", help="an mbox file, a Maildir, or a folder of .eml files")
    history.add_argument("--dry-run", action="store_true", help="only show which conversation each mail would join")
    history.add_argument("--jsonl", action="store_true", help="a line of JSON for each mail")
    history.add_argument("--line", default="", metavar="ADDRESS", help="the mail line, where there are several")

    past = _command(commands, "import", _import_past, "bring in Zendesk, Gorgias or Freshdesk files, or a CSV")
    past.add_argument("source", choices=["zendesk", "gorgias", "freshdesk", "csv"])
    past.add_argument("path", metavar="FILE", help="a ZIP, a file, or a folder of files")
    past.add_argument("--shop", default="", metavar="NAME", help="its short name, where there are several")
    past.add_argument("--about", default="customers", metavar="WHAT", help="of a CSV: what its rows are")
    past.add_argument("--line", default="", metavar="ADDRESS", help="where answers go out from")
    past.add_argument("--dry-run", action="store_true", help="only look through it and say what would happen")
    past.add_argument("--rejected", default="", metavar="FILE", help="write the rejected rows here, as CSV")

    _promise_options(commands)
    _staffing_options(commands)

    backup = _command(commands, "backup", _backup, "write a backup into a new folder; works while everything runs")
    backup.add_argument("target", metavar="FOLDER", help="where the backups are kept")
    backup.add_argument("--keep", type=int, metavar="N", help="afterwards remove all but the newest N")
    restore = _command(
        commands, "restore", _restore, "put a backup into an empty place; sending is held back until told"
    )
    restore.add_argument("source", metavar="BACKUP", help="a folder that `backup` wrote")
    _command(commands, "migrate", _migrate, "bring the database's tables up to date")
    manage = _command(commands, "manage", _manage, "run a Django management command, such as `manage shell`")
    manage.add_argument("words", nargs=argparse.REMAINDER, metavar="…", help="the command and its options")
    return top


def _promise_options(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    promise = _command(commands, "promise", _promise, "learn from past orders when the next will arrive; a CSV")
    promise.add_argument("source", metavar="ORDERS.csv", help="one order a row, with a header")
    promise.add_argument("--placed", required=True, metavar="COL", help="the column that says when it was placed")
    promise.add_argument(
        "--promised", default="", metavar="COL", help="the shop's own date of delivery, if it gave one"
    )
    promise.add_argument("--delivered", required=True, metavar="COL", help="when it arrived; empty if it did not")
    promise.add_argument(
        "--group", action="extend", nargs="+", default=[], metavar="COL", help="what may matter: a lane …"
    )
    promise.add_argument("--as-of", default="", metavar="DATE", help="learn from what was delivered before this day")
    promise.add_argument("--keep", type=float, default=0.965, metavar="SHARE", help="promises to be kept (0.965)")
    promise.add_argument("--out", required=True, metavar="FILE", help="the promises, as CSV; - for the screen")


def _staffing_options(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    staffing = _command(commands, "staffing", _staffing, "how many agents so many calls take; needs no database")
    staffing.epilog, staffing.formatter_class = STAFFING, argparse.RawDescriptionHelpFormatter
    staffing.add_argument("--calls", required=True, metavar="N", help="how many come in one interval, on average")
    staffing.add_argument("--interval", default="30m", metavar="TIME", help="how long an interval is (30m)")
    staffing.add_argument("--aht", required=True, metavar="TIME", help="handling one, wrap-up included, such as 180s")
    staffing.add_argument("--target", default="80/20", metavar="SHARE/TIME", help="answered in time (80/20)")
    staffing.add_argument("--agents", metavar="N", help="what so many reach, instead of how many it takes")
    staffing.add_argument("--patience", metavar="TIME", help="how long callers wait before they hang up, on average")
    staffing.add_argument("--occupancy", default="1.0", metavar="SHARE", help="busy at most so much (no limit)")
    staffing.add_argument("--shrinkage", default="0", metavar="SHARE", help="paid but not there to answer (0)")
    staffing.add_argument("--json", action="store_true", help="for a program")


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    summary: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(run=run)
    return command


def _serve(options: argparse.Namespace) -> int:
    from presszero import serving

    return serving.serve_one(options.process) if options.process else serving.serve_all()


def _demo(options: argparse.Namespace) -> int:
    from presszero import serving

    return serving.serve_all(seed=True)


def _doctor(options: argparse.Namespace) -> int:
    from presszero import checkup

    return checkup.run()


def _explain_mail(options: argparse.Namespace) -> int:
    from presszero.channels.adapters.email.explain import explain

    explain(options.files, sys.stdout, jsonl=options.jsonl)
    return 0  # a mail that cannot be understood is an answer, not a failure of the command


def _import_mail(options: argparse.Namespace) -> int:
    source = Path(options.source)
    if not source.exists():
        raise Refusal(f"There is no {source}. Name an mbox file, a Maildir, or a folder of .eml files.")
    try:
        return _plan_import(source) if options.dry_run else _really_import(source, options)
    except OSError as why:
        raise Refusal(f"{why.filename or source} cannot be read: {why.strerror or why}.") from why


def _plan_import(source: Path) -> int:
    from tqdm import tqdm

    from presszero.channels.adapters.email.history import dry_run

    with tqdm(desc="Reading", unit_scale=True, disable=not sys.stderr.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        dry_run(source, sys.stdout, progress)
    return 0


def _really_import(source: Path, options: argparse.Namespace) -> int:
    from presszero import serving

    with serving.django_running():
        from presszero.intake.history import import_mail

        new = import_mail(source, jsonl=options.jsonl, line=options.line)
    print(f"{new} mails were new.", file=sys.stderr)
    return 0


def _import_past(options: argparse.Namespace) -> int:
    words = ["import_past", options.source, options.path, "--about", options.about]
    for name in ("shop", "line", "rejected"):
        words += [f"--{name}", getattr(options, name)] if getattr(options, name) else []
    return _manage(argparse.Namespace(words=[*words, *(["--dry-run"] if options.dry_run else [])]))


def _promise(options: argparse.Namespace) -> int:
    from presszero.fulfilment.prediction import command
    from presszero.fulfilment.prediction.reading import Asked

    asked = Asked(options.placed, options.promised, options.delivered, tuple(dict.fromkeys(options.group)))
    return command.run(command.Wanted(Path(options.source), asked, options.keep, options.as_of, options.out))


def _staffing(options: argparse.Namespace) -> int:
    from presszero.workforce import command

    print(command.run(options))
    return 0


def _backup(options: argparse.Namespace) -> int:
    from presszero.host import backup, postgres
    from presszero.host.home import home

    with postgres.running(say=lambda sentence: None) as url:
        folder = backup.back_up(url, home(), Path(options.target))
    if options.keep:
        backup.keep_newest(Path(options.target), options.keep)
    print(folder)
    return 0


def _restore(options: argparse.Namespace) -> int:
    from presszero import serving

    serving.restore(Path(options.source))
    print("Restored. Nothing is sent until you say so: look around first, then run")
    print("    presszero manage release_sending")
    return 0


def _migrate(options: argparse.Namespace) -> int:
    return _manage(argparse.Namespace(words=["migrate"]))


def _manage(options: argparse.Namespace) -> int:
    from presszero import serving

    with serving.django_running():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["presszero manage", *options.words])
    return 0
