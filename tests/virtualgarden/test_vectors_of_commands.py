"""A virtual device does what a real one does when it is told something: tests/vectors/protocol/commands.json."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from aioplantops.telemetry import Command, CommandResult, CommandState, Info, ValveInfo
from pydantic import ValidationError
from virtualgarden.nodes import NODES
from virtualgarden.sources import describe
from virtualgarden.taps import Taps

from tests.vectors import vectors

COMMANDS = vectors("commands")


@dataclass
class Board:
    """The valves of the vectors."""

    opened: list[str] = field(default_factory=list)
    info: Info = field(
        default_factory=lambda: Info(
            valves={valve["key"]: ValveInfo(max_seconds=valve["max_seconds"]) for valve in COMMANDS["valves"]}
        )
    )

    def pour(self, valve: str, seconds: float) -> None:
        """Pour nothing."""

    def obey(self, command: Command) -> str:
        """Do anything else."""
        return command.action


@pytest.mark.parametrize("case", COMMANDS["cases"], ids=lambda case: case["name"])
async def test_commands_have_the_results_of_a_board(case: Any) -> None:
    told: list[CommandResult] = []
    opened: list[str] = []
    beyond: set[str | None] = set()
    taps = Taps(Board(), lambda: float(COMMANDS["now"]), told.append)
    with taps:
        for said in case["said"]:
            try:
                command = Command.model_validate_json(said)
            except ValidationError:  # the shared language cannot say it; only a board must know what to make of it
                beyond.add(json.loads(said).get("id") if said.endswith("}") else None)
                continue
            before = taps.open
            taps.obey(command, float(COMMANDS["started"]), knows_time=True)
            opened += taps.open - before
        results = (CommandResult.model_validate_json(text) for text in case["results"])
        expected = [result for result in results if result.id not in beyond]
        kinds = [(result.id, result.ok, result.state) for result in told]
        assert kinds == [(result.id, result.ok, result.state) for result in expected][: len(kinds)]
        later = expected[len(kinds) :]  # what the clock brings
        assert {result.state for result in later} <= {CommandState.DONE}
        assert len(later) == len(taps.open)
        assert opened == case["opened"]


def test_what_a_virtual_device_says_of_itself_is_written_as_a_board_writes_it() -> None:
    (whole,) = (one for one in vectors("info") if one["name"] == "as the protocol's page has it")
    board = json.loads(whole["payload"])
    for kind in NODES:
        said = json.loads(describe(kind).model_dump_json(exclude_none=True))
        assert list(said) == list(board)
        for channel in said["channels"].values():
            assert list(channel) == [key for key in ("metric", "unit", "name") if key in channel]
        for valve in said["valves"].values():
            assert list(valve) == list(board["valves"]["pump"])
