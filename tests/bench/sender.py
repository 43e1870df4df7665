"""Sends numbered messages as many devices would, MQTT 3.1.1 at QoS 1 over TLS, as cheaply as Python can.

A process of its own (`python -m tests.bench.sender`), because it shares the cores with what it measures: all packets
are written before the start, many leave in one write, and acknowledgements, which a broker must send in order
(MQTT 3.1.1, section 4.6), are compared with the expected bytes. It says what it sent, what was acknowledged, and what
it cost.

It hears two words on its input: `go`, and `limit N` (send at most N messages in all), which keeps it a fixed distance
ahead of the store. It answers `ready` and, at the end, one line of JSON.
"""

import array
import json
import os
import selectors
import ssl
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from tests.bench.load import Load
from tests.bench.wire import Line, Target

SECOND_NS = 1_000_000_000
DRAIN_SECONDS = 30.0
"""How long the last acknowledgements may take."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to send, where to, and how fast."""

    target: Target
    load: Load
    connections: int = 8
    window: int = 800
    """Unacknowledged messages on each connection, at most."""
    rate: float = 0.0
    """Messages each second; 0: as fast as it goes."""
    seconds: float = 0.0
    """When to stop, seconds after the start; 0: when all is sent."""
    limit: int = 0
    """Messages that may be sent before the first `limit` is heard; 0: all."""
    times: str = ""
    """File for the moment (monotonic, ns) at which each message was sent; empty: none."""

    def to_json(self) -> str:
        """Write it down for the process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        words = json.loads(text)
        return cls(**{**words, "target": Target(**words["target"]), "load": Load(**words["load"])})


class Sender:
    """All connections together."""

    def __init__(self, order: Order) -> None:
        """Connect and write all packets."""
        if order.load.devices % order.connections:
            raise ValueError("a device keeps to its connection: devices must be a multiple of connections")
        self._order = order
        self._limit = order.limit or order.load.messages
        self._times = array.array("q", bytes(8 * order.load.messages)) if order.times else None
        self.lines = [Line(order.target, order.load, share, order.connections) for share in range(order.connections)]
        self._selector = selectors.DefaultSelector()
        for line in self.lines:
            self._selector.register(line.socket, selectors.EVENT_READ, line)
        os.set_blocking(0, False)
        self._selector.register(0, selectors.EVENT_READ, None)
        self._begun = 0

    def run(self) -> dict[str, float | list[int]]:
        """Send until all is sent and acknowledged, or the time is over."""
        self._begun = time.monotonic_ns()
        cpu = time.process_time()
        stop = self._begun + round(self._order.seconds * SECOND_NS) if self._order.seconds else 0
        over = False
        give_up = 0
        while not all(line.done for line in self.lines):
            now = time.monotonic_ns()
            if stop and now >= stop and not over:
                over, give_up = True, now + round(DRAIN_SECONDS * SECOND_NS)
                for line in self.lines:
                    line.finish()
            if give_up and now >= give_up:
                break
            self._push(now)
            self._hear(self._pause(now))
        ended = time.monotonic_ns()
        if self._times is not None:
            Path(self._order.times).write_bytes(self._times.tobytes())
        return {
            "seconds": (ended - self._begun) / SECOND_NS,
            "cpu_seconds": time.process_time() - cpu,
            "sent": sum(line.sent for line in self.lines),
            "acked": [line.acked for line in self.lines],
        }

    def _allowed(self, now: int) -> int:
        """Tell how many messages may have left by now."""
        if not self._order.rate:
            return self._limit
        return min(self._limit, 1 + int((now - self._begun) * self._order.rate / SECOND_NS))

    def _push(self, now: int) -> None:
        """Let each connection write what it may."""
        allowed = self._allowed(now)
        count = len(self.lines)
        for share, line in enumerate(self.lines):
            before = line.sent
            line.push(-(-(allowed - share) // count), self._order.window)
            if self._times is not None:
                for index in range(before, line.sent):
                    self._times[share + index * count] = now
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.is_stuck else 0)
            if self._selector.get_key(line.socket).events != wanted:
                self._selector.modify(line.socket, wanted, line)

    def _pause(self, now: int) -> float:
        """Tell how long there is nothing to send, seconds."""
        if not self._order.rate:
            return 0.05
        sent = sum(line.sent for line in self.lines)
        due = self._begun + round(sent * SECOND_NS / self._order.rate)
        return max(0.0, min(0.05, (due - now) / SECOND_NS))

    def _hear(self, pause: float) -> None:
        """Take acknowledgements and words."""
        for key, events in self._selector.select(pause):
            if key.data is None:
                for word in os.read(0, 65_536).splitlines():
                    if word.startswith(b"limit "):
                        self._limit = min(self._order.load.messages, int(word[6:]))
            elif events & selectors.EVENT_READ:
                key.data.hear()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Do as the order in the argument says."""
    sender = Sender(Order.from_json(sys.argv[1]))
    _say("ready")
    os.set_blocking(0, True)
    if not os.read(0, len("go\n")).startswith(b"go"):
        return
    os.set_blocking(0, False)
    try:
        _say(json.dumps(sender.run()))
    except (OSError, ssl.SSLError) as error:
        sys.exit(f"the sender lost its connection: {error}")


if __name__ == "__main__":
    main()
