"""A process is known to be dead by its name alone, on the machine that it ran on."""

import os
import subprocess
import sys

import pytest

from houston.core.jobs.process import is_dead, own_name

NAME = "from houston.core.jobs.process import own_name; print(own_name(), flush=True); input()"


def named(**changes: str) -> str:
    machine, number, token = (own_name() or "").rsplit("/", 2)
    parts = {"machine": machine, "number": number, "token": token, **changes}
    return "{machine}/{number}/{token}".format(**parts)


def test_this_process_lives() -> None:
    assert not is_dead(own_name())
    assert len(own_name() or "") <= 100


def test_another_process_is_dead_when_it_has_ended() -> None:
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
def test_nothing_is_said_of_others(name: str | None) -> None:
    assert not is_dead(name)


def test_process_of_somebody_else_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(number: int, signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", refuse)
    assert not is_dead(named(number="1"))
