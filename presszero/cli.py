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

exit codes: 0 done, 1 something is wrong and said so, 2 the command was not understood, 130 interrupted
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
    serve.add_argument("process", nargs="?", choices=["edge", "app", "worker", "mail"], help="only this one")
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
