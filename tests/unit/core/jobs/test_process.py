"""A process on the same machine is known to be dead by its name."""

import os
import subprocess
import sys

import pytest

from houston.core.jobs.execution import is_dead, own_name

NAME = "from houston.core.jobs.execution import own_name; print(own_name(), flush=True); input()"


def named(**changes: str) -> str:
    machine, number, token = (own_name() or "").rsplit("/", 2)
    parts = {"machine": machine, "number": number, "token": token, **changes}
    return "{machine}/{number}/{token}".format(**parts)


def test_this_process_is_alive() -> None:
    assert not is_dead(own_name())
    assert len(own_name() or "") <= 100


def test_process_that_ended_is_dead() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        assert not is_dead(name)
        process.kill()
    assert is_dead(name)


def test_predecessor_with_the_number_of_this_process_is_dead() -> None:
    assert is_dead(named(token="00000000"))


@pytest.mark.parametrize(
    "name",
    [None, named(machine="elsewhere", number="1"), named(number="1")],
    ids=["unnamed", "elsewhere", "the first process"],
)
def test_processes_of_other_machines_are_unknown(name: str | None) -> None:
    assert not is_dead(name)


def test_process_of_another_user_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(number: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert not is_dead(named(number="1"))
