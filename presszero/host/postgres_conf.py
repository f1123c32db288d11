"""The settings of the embedded PostgreSQL, written anew at every start, so that an upgrade brings its own."""

from collections.abc import Iterable
from pathlib import Path

SUPERUSER = "postgres"
ROLE = DATABASE = "presszero"

# What a small shared machine bears: the whole product idle in 400 MB. `local.conf` beside the data overrides any line.
TUNED = """\
listen_addresses = ''                    # no network at all: one socket in a closed folder
unix_socket_permissions = 0700
max_connections = 250
shared_buffers = 64MB
work_mem = 8MB
maintenance_work_mem = 64MB
effective_cache_size = 1GB
max_wal_size = 1GB
min_wal_size = 80MB
max_worker_processes = 4
max_parallel_workers_per_gather = 0      # two cores serve many people; and containers have little shared memory
max_parallel_maintenance_workers = 0
autovacuum_max_workers = 2
random_page_cost = 1.1                   # solid-state disks
jit = off                                # short queries only
huge_pages = off
max_wal_senders = 3                      # for pg_basebackup
restart_after_crash = on
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'
log_min_messages = warning
log_checkpoints = off
log_error_verbosity = terse              # no DETAIL lines: they quote the rows of customers
log_min_error_statement = panic          # nor whole statements
log_line_prefix = '%m [%p] '
"""

# Said out loud although they are the defaults: what a merchant was told is stored must be stored.
DURABLE = "fsync = on\nfull_page_writes = on\nsynchronous_commit = on\n"
# For throw-away clusters of tests: survives kill -9 of any process, not a power cut; several products use it at once.
THROWAWAY = "fsync = off\nfull_page_writes = off\nsynchronous_commit = on\nmax_connections = 600\n"


def write(data: Path, sockets: Path, cluster_name: str, *, major: int, durable: bool = True) -> None:
    """Write postgresql.conf into the data folder. cluster_name is in the title of every server process."""
    lines = [
        TUNED,
        DURABLE if durable else THROWAWAY,
        f"cluster_name = '{cluster_name}'",
        f"unix_socket_directories = {_quoted(sockets)}",
        *(["io_method = sync"] if major >= 18 else []),  # the three I/O worker processes bring nothing here
        f"include_if_exists = {_quoted(data.parent / 'local.conf')}",
    ]
    (data / "postgresql.conf").write_text("\n".join(lines) + "\n")


def write_access(data: Path, system_users: Iterable[str]) -> None:
    """Let these system users in, by the kernel's word for who they are (peer), and nobody else."""
    roles = (ROLE, SUPERUSER)
    (data / "pg_hba.conf").write_text(
        f"local all {','.join(roles)} peer map=presszero\nlocal replication {SUPERUSER} peer map=presszero\n"
    )
    lines = [f'presszero "{user}" {role}' for user in sorted(set(system_users)) for role in roles]
    (data / "pg_ident.conf").write_text("\n".join(lines) + "\n")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
