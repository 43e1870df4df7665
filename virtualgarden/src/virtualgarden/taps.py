"""A node's valves: opened on command, once, never late, closed by the node itself: `docs/protocol.md` tells the rules.

People may ask for faults, to see what a backend makes of them.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum, auto
from typing import Protocol

from aioplantops.telemetry import Command, CommandResult, CommandState, Info, ValveInfo

REMEMBERED_COMMANDS = 50
CLOCKS_DIFFER = 2.0
"""Seconds by which the backend's clock may be ahead of the node's."""


class Fault(StrEnum):
    """What may be wrong with a node that waters."""

    NONE = auto()
    STUCK = auto()
    """The valve stays closed, and the node does not notice."""
    DRY = auto()
    """The pump finds no water, and the node notices."""
    MUTE = auto()
    """The last word is never told."""


class Pump(Protocol):
    """What the valves belong to."""

    info: Info

    def pour(self, valve: str, seconds: float) -> None:
        """Let water flow through a valve for so long."""
        ...

    def obey(self, command: Command) -> str:
        """Do anything else, and tell what was done."""
        ...


type Say = Callable[[CommandResult], None]


class Taps:
    """What a node does when it is told something."""

    def __init__(self, pump: Pump, clock: Callable[[], float], say: Say) -> None:
        """Take what the valves belong to, the true time (Unix seconds), and who hears the results."""
        self._pump = pump
        self._clock = clock
        self._say = say
        self._known: OrderedDict[str, CommandResult | None] = OrderedDict()
        """By command, the newest result; None: it has none yet."""
        self._open: dict[str, tuple[Command, float, asyncio.Task[None]]] = {}
        """By valve: the command that opened it, since when, and who closes it."""
        self.fault = Fault.NONE

    def __enter__(self) -> None:
        """Begin to live, with everything closed."""

    def __exit__(self, *_: object) -> None:
        """Close everything: the node is switched off."""
        self.lose_power()

    @property
    def open(self) -> frozenset[str]:
        """Name the valves that are open."""
        return frozenset(self._open)

    def lose_power(self) -> None:
        """Close everything without a word, and forget everything."""
        for _, _, closer in self._open.values():
            closer.cancel()
        self._open.clear()
        self._known.clear()

    def obey(self, command: Command, started_at: float, *, knows_time: bool) -> None:
        """Carry a command out, once; one that comes again is answered again."""
        if command.id in self._known:
            if (known := self._known[command.id]) is not None:
                self._say(known)
            return
        self._known[command.id] = None
        if len(self._known) > REMEMBERED_COMMANDS:
            self._known.popitem(last=False)
        if command.action == "stop":
            self._stop(command)
        elif (objection := self._objection(command, started_at, knows_time=knows_time)) is not None:
            self._end(command, *objection)
        elif command.action == "water":
            self._water(command)
        else:
            if command.action == "restart":
                self._close([*self._open], "the node restarts")
            self._end(command, CommandState.DONE, self._pump.obey(command))

    def _objection(self, command: Command, started_at: float, *, knows_time: bool) -> tuple[CommandState, str] | None:
        """Tell why a command is not carried out."""
        if knows_time and self._clock() >= command.expires:
            return CommandState.EXPIRED, "it came too late"
        if command.action != "water":
            return None
        valve = self._named(command)
        words: Mapping[str, bool] = {
            "the clock is not set": not knows_time,
            "it was given before the node started": (command.issued or self._clock()) < started_at - CLOCKS_DIFFER,
            "there is no such valve": valve not in self._valves,
            f"{valve} is open already": valve in self._open,
            "water needs seconds": command.seconds is None,
        }
        why = next((why for why, so in words.items() if so), None)
        return None if why is None else (CommandState.REFUSED, why)

    @property
    def _valves(self) -> Mapping[str, ValveInfo]:
        return self._pump.info.valves or {}

    def _named(self, command: Command) -> str:
        """Tell which valve is meant: where there is one alone, a command need not name it."""
        if command.valve is not None:
            return command.valve
        return next(iter(self._valves)) if len(self._valves) == 1 else ""

    def _water(self, command: Command) -> None:
        valve = self._named(command)
        if self.fault is Fault.DRY:
            self._end(command, CommandState.FAILED, "the pump runs dry", seconds=0.0)
            return
        limit = self._valves[valve].max_seconds or command.seconds or 0.0
        closer = asyncio.get_running_loop().create_task(self._close_after(valve, min(command.seconds or 0.0, limit)))
        self._open[valve] = (command, self._clock(), closer)
        self._tell(CommandResult(id=command.id, ok=True, state=CommandState.RUNNING))

    async def _close_after(self, valve: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        command, _, _ = self._open.pop(valve)
        self._flowed(valve, seconds)
        self._end(command, CommandState.DONE, f"{seconds:g} s", seconds=seconds)

    def _stop(self, stop: Command) -> None:
        self._close([*self._open] if stop.valve is None else [stop.valve], "it was told to stop")
        self._end(stop, CommandState.DONE, "closed")

    def _close(self, valves: Sequence[str], why: str) -> None:
        for valve in valves:
            if (opened := self._open.pop(valve, None)) is None:
                continue
            command, since, closer = opened
            closer.cancel()
            seconds = self._clock() - since
            self._flowed(valve, seconds)
            self._end(command, CommandState.STOPPED, f"stopped after {seconds:.1f} s: {why}", seconds=seconds)

    def _flowed(self, valve: str, seconds: float) -> None:
        if self.fault is not Fault.STUCK:
            self._pump.pour(valve, seconds)

    def _end(self, command: Command, state: CommandState, detail: str, *, seconds: float | None = None) -> None:
        ok = state in {CommandState.DONE, CommandState.STOPPED}
        result = CommandResult(id=command.id, ok=ok, state=state, detail=detail, seconds=seconds)
        self._known[command.id] = result
        if self.fault is not Fault.MUTE or command.action != "water":
            self._say(result)

    def _tell(self, result: CommandResult) -> None:
        self._known[result.id] = result
        self._say(result)
