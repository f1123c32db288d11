"""The ledger of attacks and faults is told after every whole run, and an id that does not stand fails the run."""

from __future__ import annotations

import pytest
from _pytest.terminal import TerminalReporter

from tests.attacks.ledger import Ledger

_LEDGER = pytest.StashKey[Ledger]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # pytest-xdist's workers report to the process that started them
        config.stash[_LEDGER] = ledger = Ledger()
        config.pluginmanager.register(_Listening(ledger), "presszero-ledger")


class _Listening:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.ledger.note(report.nodeid, report.outcome, report.when)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if is_whole(session.config) and self.ledger.open() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter, config: pytest.Config) -> None:
        if not is_whole(config):
            return
        terminalreporter.section("attacks and faults")
        for line in self.ledger.lines:
            terminalreporter.write_line(f"{line.id:<4} {self.ledger.says(line):<18} {line.holds}")
        still_open = self.ledger.open()
        if still_open:
            terminalreporter.write_line(f"Do not stand: {', '.join(still_open)}.", red=True)


def is_whole(config: pytest.Config) -> bool:
    """Every test folder, nothing picked out. Leaving out the long ones is whole; leaving out the slow ones is not."""
    option = config.option
    picked = option.keyword or getattr(option, "deselect", None) or getattr(option, "lf", False) or option.collectonly
    everywhere = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    return everywhere and not picked and option.markexpr in ("", "not long")
