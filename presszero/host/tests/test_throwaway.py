"""The database every test gets."""

import os
from pathlib import Path

import psycopg

from presszero.host.postgres import database_url


def test_the_run_has_a_home_of_its_own():
    assert Path(os.environ["PRESSZERO_HOME"]).name.startswith("presszero-test-")


def test_the_database_answers_and_our_role_is_no_superuser():
    with psycopg.connect(database_url()) as connection:
        superuser = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    assert superuser == (False,)
