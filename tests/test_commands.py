"""The command line: quick, plain-spoken, with exit codes that mean something."""

import subprocess
import sys

import pytest

from presszero.cli import main, parser


def test_help_names_every_command_and_setting(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    told = capsys.readouterr().out
    assert end.value.code == 0
    for word in ("serve", "demo", "doctor", "explain-mail", "import-mail", "DATABASE_URL", "PRESSZERO_SMTP_PORT"):
        assert word in told


@pytest.mark.parametrize("words", [[], ["sevre"], ["serve", "everything"], ["explain-mail"]])
def test_what_is_not_understood_ends_with_two(words):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2


def test_what_cannot_be_done_ends_with_one_and_a_sentence(capsys, tmp_path):
    assert main(["import-mail", "--dry-run", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.startswith("presszero: There is no ")


def test_a_mail_is_explained_without_django_or_a_database(tmp_path):
    mail = tmp_path / "one.eml"
    mail.write_bytes(b"From: ada@example.com\r\nSubject: Where is 1042?\r\n\r\nHello\r\n")
    script = (
        "import sys; from presszero.cli import main; code = main(sys.argv[1:]);"
        "assert not {'django', 'psycopg'} & set(sys.modules); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "explain-mail", str(mail), "--jsonl"],
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert '"subject": "Where is 1042?"' in done.stdout


def test_django_commands_keep_their_own_options():
    assert parser().parse_args(["manage", "migrate", "--plan"]).words == ["migrate", "--plan"]


def test_the_command_line_knows_it() -> None:
    options = parser().parse_args(["import", "zendesk", "file.zip", "--shop", "juniper", "--dry-run"])
    assert (options.source, options.path, options.shop, options.dry_run) == ("zendesk", "file.zip", "juniper", True)
