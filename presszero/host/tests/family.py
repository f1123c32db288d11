"""A small program under the supervisor, for the tests to kill: `python family.py`.

Prints "name pid N" for each process; "quick" leaves at SIGTERM, "stubborn" ignores it and has a child of its own,
"broken" cannot start.
"""

import os
import signal
import subprocess
import sys
import time

from presszero.host.supervisor import Child, Supervisor


def say(name: str, line: str) -> None:
    print(f"{name}: {line}", flush=True)


def quick() -> None:
    print("pid", os.getpid())
    sys.stdout.write("half a line")
    sys.stdout.flush()
    print(", and the rest")
    time.sleep(600)


def stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"])
    print("grandchild", child.pid)
    print("pid", os.getpid())
    time.sleep(600)


def broken() -> None:
    raise ValueError("cannot start")


def main() -> None:
    supervisor = Supervisor(say)
    say("supervisor", f"pid {os.getpid()}")
    say("once", str(supervisor.run_once(Child("once", lambda: sys.exit(7)))))
    for child in (Child("quick", quick), Child("stubborn", stubborn, patience=1.0), Child("broken", broken)):
        supervisor.start(child)
    supervisor.watch()
    supervisor.stop(first=[child for child in supervisor.children if child.name == "quick"])
    supervisor.close()
    say("supervisor", "ended in order")


if __name__ == "__main__":
    main()
