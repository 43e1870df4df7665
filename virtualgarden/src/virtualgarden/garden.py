"""The virtual garden: weather, rooms, plants and nodes that go on together from one moment to the next."""

from collections import deque
from collections.abc import Mapping
from math import exp
from random import Random
from typing import ClassVar

from virtualgarden.nodes import NODES, NodeKind
from virtualgarden.physics.air import Air
from virtualgarden.physics.gardener import Care, Gardener, Way
from virtualgarden.physics.power import Battery, Radio
from virtualgarden.physics.probe import SoilProbe
from virtualgarden.physics.room import Room
from virtualgarden.physics.sky import Climate, Outdoors, Weather
from virtualgarden.physics.soil import Pot
from virtualgarden.physics.spot import Light
from virtualgarden.plants import PLANTS, ROOMS, PlantKind
from virtualgarden.senses import SENSES, Feel, Tank

MIST_SECONDS = 900.0
MIST_KPA = 0.35
KEPT_CARE = 1_000
"""Care events that are remembered."""


class Plant:
    """A plant in its pot, with its probe and the person who looks after it."""

    STATE: ClassVar[tuple[str, ...]] = ("pot", "probe", "gardener", "mist_kpa")

    def __init__(self, kind: PlantKind, random: Random) -> None:
        """Take the character and the source of chance; the soil is somewhere between moist and half dry."""
        self.kind = kind
        self.pot = Pot(kind.litres, kind.substrate, saucer_litres=kind.saucer_litres, holds_back=kind.holds_back)
        self.pot.water -= self.pot.litres * (kind.substrate.capacity - kind.substrate.wilting) * random.uniform(0, 0.6)
        self.probe = SoilProbe(random, lag_seconds=240.0 + 120.0 * kind.litres)
        self.gardener = Gardener(kind.name, kind.habit, random)
        self.mist_kpa = 0.0
        """What a spray left around the leaves."""
        self.air = Air(20.0, 1.0)
        self.light = Light(0.0, 0.0)

    def advance(self, outdoors: Outdoors, room: Air, seconds: float) -> Care | None:
        """Let `seconds` pass in this room; answer what was done to the plant."""
        self.mist_kpa *= exp(-seconds / MIST_SECONDS)
        self.air = Air(room.celsius, room.vapour_kpa + self.mist_kpa, room.co2_ppm)
        self.light = self.kind.spot.light(outdoors)
        self.pot.advance(seconds, watts=self.light.watts, air=self.air, foliage=self.kind.foliage)
        care = self.gardener.advance(outdoors.unix, outdoors.hour, self.pot)
        if care and care.way is Way.MIST:
            self.mist_kpa = MIST_KPA
            self.probe.sprinkle()
        self.probe.advance(seconds, self.pot.wetness, room.celsius + 0.02 * self.light.watts)
        return care


class Node:
    """A board with its battery, its radio and the errors of its own sensors."""

    STATE: ClassVar[tuple[str, ...]] = ("battery", "radio", "tank")

    def __init__(self, kind: NodeKind, random: Random) -> None:
        """Take what the board is and the source of chance."""
        self.kind = kind
        self.battery = Battery(random, days=kind.battery_days)
        self.radio = Radio(random, dbm=kind.dbm)
        self.tank = Tank(random)
        self.air_offset = random.uniform(-0.2, 0.9)
        self.random = random


class Garden:
    """Everything that grows and everything that measures it. The same seed and steps give the same garden."""

    STATE: ClassVar[tuple[str, ...]] = ("unix", "weather", "rooms", "plants", "nodes")

    def __init__(
        self, *, unix: float, seed: int = 1, climate: Climate | None = None, kinds: tuple[NodeKind, ...] = NODES
    ) -> None:
        """Begin at Unix time `unix`."""
        self.unix = unix
        self.weather = Weather(climate or Climate(), Random(f"{seed} weather"))
        self.rooms: Mapping[str, Room] = {kind.name: Room(kind, Random(f"{seed} {kind.name}")) for kind in ROOMS}
        measured = {plant for node in kinds for plant in node.plants}
        self.plants: Mapping[str, Plant] = {
            kind.name: Plant(kind, Random(f"{seed} {kind.name}")) for kind in PLANTS if kind.name in measured
        }
        self.nodes: Mapping[str, Node] = {kind.device_id: Node(kind, Random(f"{seed} {kind.mac}")) for kind in kinds}
        self.care: deque[Care] = deque(maxlen=KEPT_CARE)
        """What was done lately, oldest first."""

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass in one step; steps of up to half an hour give the same picture as short ones."""
        self.unix += seconds
        outdoors = self.weather.advance(self.unix, seconds)
        air = {name: room.advance(outdoors, seconds) for name, room in self.rooms.items()}
        for plant in self.plants.values():
            if care := plant.advance(outdoors, air[plant.kind.room], seconds):
                self._note(care)
        for node in self.nodes.values():
            node.battery.advance(seconds, air[self.plants[node.kind.plants[0]].kind.room].celsius)
            node.radio.advance(seconds)

    def advance_to(self, unix: float, *, step_seconds: float = 600.0) -> None:
        """Let the time pass until Unix time `unix`, in steps."""
        while self.unix < unix:
            self.advance(min(step_seconds, unix - self.unix))

    def water(self, plant: str, litres: float) -> None:
        """Pour water into a plant's pot, as a pump does."""
        self.plants[plant].pot.pour(litres)
        self._note(Care(self.unix, plant, Way.DRIP, litres))

    def _note(self, care: Care) -> None:
        self.care.append(care)
        if care.way is Way.DRIP:
            for node in self.nodes.values():
                if care.plant in node.kind.plants:
                    node.tank.take(care.litres)

    def measure(self, device_id: str) -> dict[str, float]:
        """Read all channels of a node: channel key and value, in the unit and with the decimals that it sends."""
        node = self.nodes[device_id]
        values = {}
        for line in node.kind.lines:
            kind = SENSES[line.sense]
            values[line.key] = round(kind.read(self._feel(node, self.plants[line.plant])), kind.decimals)
        return values

    def _feel(self, node: Node, plant: Plant) -> Feel:
        return Feel(
            air=plant.air,
            light=plant.light,
            pot=plant.pot,
            probe=plant.probe,
            battery=node.battery,
            radio=node.radio,
            tank=node.tank,
            random=node.random,
            air_offset=node.air_offset,
        )
