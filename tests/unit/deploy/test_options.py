"""Which folder and ports a command of the embedded stack means."""

from pathlib import Path

import pytest

from common.roles import Role
from deploy.embedded.options import parse, plan_of
from deploy.embedded.plan import DEFAULT_PORTS, USUAL_HOME, Plan
from deploy.embedded.state import StateLock


def plan(*words: str, **env: str) -> Plan:
    return plan_of(parse(words, env=env))


def test_nothing_said_is_the_usual_stack() -> None:
    assert (plan().home, plan().ports) == (USUAL_HOME, DEFAULT_PORTS)


@pytest.mark.parametrize("said", ["by an option", "by a variable"])
def test_one_offset_gives_a_second_stack_a_folder_and_ports_of_its_own(said: str) -> None:
    second = plan("--port-offset", "100") if said == "by an option" else plan(JINGQIAO_PORT_OFFSET="100")
    assert second.home == USUAL_HOME.with_name(".jingqiao-100")
    assert second.ports == {name: port + 100 for name, port in DEFAULT_PORTS.items()}


def test_what_is_named_itself_is_not_moved() -> None:
    second = plan("--port-offset", "100", "--nats-port", "4222", "--home", "/elsewhere")
    assert (second.home, second.ports["nats"], second.ports["matcher"]) == (Path("/elsewhere"), 4222, 8202)


def test_an_offset_on_the_command_line_forgets_the_stack_that_the_shell_is_led_to() -> None:
    shell = {"JINGQIAO_HOME": "/first", "JINGQIAO_NATS_PORT": "4222", "JINGQIAO_PORT_OFFSET": "0"}
    assert (plan(**shell).home, plan(**shell).ports["nats"]) == (Path("/first"), 4222)
    second = plan("--port-offset", "100", **shell)
    assert (second.home, second.ports["nats"]) == (USUAL_HOME.with_name(".jingqiao-100"), 8204)


def test_a_stack_that_runs_is_found_by_its_folder_alone(tmp_path: Path) -> None:
    lock = StateLock(tmp_path)
    lock.take({name: port + 7 for name, port in DEFAULT_PORTS.items()})
    assert plan("--home", str(tmp_path)).ports == {name: port + 7 for name, port in DEFAULT_PORTS.items()}
    lock.release()
    assert plan("--home", str(tmp_path)).ports == DEFAULT_PORTS


@pytest.mark.parametrize(
    "words",
    [("--port-offset", "-1"), ("--port-offset", "57500"), ("--nats-port", "0"), ("logs", "-n", "some")],
)
def test_a_number_that_is_none_or_too_large_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(words, env={})
    assert words[-1] in capsys.readouterr().err


def test_a_wrong_variable_is_refused_like_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        plan(JINGQIAO_PORT_OFFSET="many")
    assert "--port-offset: 'many' is no offset" in capsys.readouterr().err


def test_a_role_that_there_is_not_is_told_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(("token", "uscc", "91370211MA3QDK2Q8B", "青岛港", "king"), env={})
    told = capsys.readouterr().err.partition("choose from ")[2].partition(")")[0]
    assert set(told.split(", ")) == {repr(str(role)) for role in Role}


def test_an_option_of_a_verb_is_not_taken_for_the_beginning_of_another() -> None:
    assert parse(("receive", "--port", "8121"), env={}).port == 8121
