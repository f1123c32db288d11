"""Making a new cluster, and our role and database in it."""

import os
import shutil
import subprocess

from presszero.host.account import Account
from presszero.host.postgres_binaries import Binaries
from presszero.host.postgres_cluster import Cluster
from presszero.host.postgres_conf import SUPERUSER
from presszero.host.refusal import Refusal

# Not a superuser: a hole in our SQL must not become a shell. Tests make databases of their own.
MAKE_ROLE = """
do $$ begin
  if not exists (select from pg_roles where rolname = 'presszero') then create role presszero login createdb; end if;
end $$;
grant pg_monitor, pg_checkpoint to presszero
"""


def initialise(cluster: Cluster, account: Account, binaries: Binaries) -> None:
    """initdb into a folder beside, then rename: a half-made cluster is never taken for a whole one."""
    fresh = cluster.folder / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    os.chown(fresh, account.uid, account.gid)
    # The builtin provider sorts the same on every machine, where libc's order changes with its version.
    provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    options = ["-U", SUPERUSER, "-A", "peer", "-E", "UTF8", "--locale=C.UTF-8", *provider, "--data-checksums"]
    sync = [] if cluster.durable else ["--no-sync"]
    done = subprocess.run(
        [binaries["initdb"], "-D", str(fresh), *options, *sync, "--no-instructions"],
        cwd="/",
        env=environment(),
        capture_output=True,
        text=True,
        **account.identity(),
    )
    if done.returncode != 0:
        raise Refusal(f"A new database could not be made in {cluster.folder}: {done.stderr.strip()}")
    fresh.rename(cluster.data)


def make_database(cluster: Cluster, account: Account, binaries: Binaries) -> None:
    """The first real connection; makes our role and database where they are missing."""
    if _sql(cluster, account, binaries, "select 1 from pg_database where datname = 'presszero'"):
        return
    _sql(cluster, account, binaries, MAKE_ROLE)
    _sql(cluster, account, binaries, "create database presszero owner presszero")


def _sql(cluster: Cluster, account: Account, binaries: Binaries, statement: str) -> str:
    done = subprocess.run(
        [
            binaries["psql"],
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(cluster.sockets),
            "-U",
            SUPERUSER,
            "-c",
            statement,
        ],
        cwd="/",
        env={**environment(), "PGDATABASE": "postgres"},
        capture_output=True,
        text=True,
        **account.identity(),
    )
    if done.returncode != 0:
        raise Refusal(f"PostgreSQL started but does not answer: {done.stderr.strip()}. Its log is {cluster.log}.")
    return done.stdout.strip()


def environment() -> dict[str, str]:
    # Nothing of ours: PGDATA, PGPORT or LD_LIBRARY_PATH in the caller's environment would lead elsewhere.
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
