"""The plants of the virtual garden and the rooms they live in: one line each, every one with a character.

To add a plant, add one line to `PLANTS`; to have it measured, one to `NODES` (nodes.py).
"""

from dataclasses import dataclass

from virtualgarden.physics.gardener import Habit, Way
from virtualgarden.physics.room import RoomKind
from virtualgarden.physics.soil import BARK, CACTUS_MIX, COCO, GARDEN_SOIL, PEAT_MIX, Foliage, Substrate
from virtualgarden.physics.spot import Lamp, Spot

ROOMS = (
    RoomKind("Living room", visitors=1),
    RoomKind("Kitchen", day_celsius=20.5, damp_kpa=0.5, slack_hours=1.5, visitors=1),
    RoomKind("Bathroom", day_celsius=22.5, night_celsius=20.0, damp_kpa=0.75, slack_hours=1.2, showers_per_day=2.5),
    RoomKind("Bedroom", day_celsius=18.5, night_celsius=16.5, damp_kpa=0.45, sleepers=2),
    RoomKind("Study", day_celsius=21.5, night_celsius=17.0, damp_kpa=0.25, visitors=1),
    RoomKind("Winter garden", day_celsius=12.0, night_celsius=8.0, damp_kpa=0.3, slack_hours=1.0),
    RoomKind("Balcony", open_air=True),
)

EVENING = Lamp(90.0, 16.5, 22.5)
GROW_LIGHT = Lamp(7_500.0, 6.0, 21.0)
NORTH, EAST, SOUTH, WEST = 0.0, 90.0, 180.0, 270.0


@dataclass(frozen=True, slots=True)
class PlantKind:
    """A plant, its pot, its place, and the person who looks after it."""

    name: str
    species: str
    room: str
    spot: Spot
    litres: float
    """The soil's volume."""
    substrate: Substrate
    foliage: Foliage
    habit: Habit
    saucer_litres: float = 0.0
    holds_back: float = 0.5
    """Part of the available water that the plant takes with ease (FAO-56's p)."""
    notes: str = ""


PLANTS = (
    PlantKind("Monstera", "Monstera deliciosa", "Living room", Spot(WEST, 0.45, EVENING), 9.0, PEAT_MIX,
        Foliage(0.55, 2.2, 0.40, 11), Habit(4, waters_below=0.4), 0.6, notes="Turn it now and then."),
    PlantKind("Peace lily", "Spathiphyllum wallisii", "Living room", Spot(NORTH, 0.5, EVENING), 2.5, PEAT_MIX,
        Foliage(0.18, 3.0, 0.5, 20), Habit(5, hour=18.5, waters_below=0.3, forgets=0.5), 0.3,
        notes="Hangs its leaves first and asks for water afterwards."),
    PlantKind("Pothos", "Epipremnum aureum", "Living room", Spot(EAST, 0.2, EVENING), 2.0, COCO,
        Foliage(0.15, 2.0, 0.4, 12), Habit(6, waters_below=0.35, forgets=0.3), 0.2),
    PlantKind("Spider plant", "Chlorophytum comosum", "Living room", Spot(EAST, 0.55, EVENING), 1.8, PEAT_MIX,
        Foliage(0.14, 2.4, 0.45, 16), Habit(4, waters_below=0.4, forgets=0.25), 0.2),
    PlantKind("Basil", "Ocimum basilicum", "Kitchen", Spot(SOUTH, 0.75, EVENING), 1.1, PEAT_MIX,
        Foliage(0.06, 4.0, 0.6, 30), Habit(1, waters_below=0.6, forgets=0.2, way=Way.SIP, sip_litres=0.14), 0.1,
        holds_back=0.35, notes="From the supermarket; thirstier than it looks."),
    PlantKind("Mint", "Mentha spicata", "Kitchen", Spot(SOUTH, 0.7, EVENING), 1.6, PEAT_MIX,
        Foliage(0.07, 3.5, 0.6, 28), Habit(2, waters_below=0.55), 0.2, holds_back=0.35),
    PlantKind("Chives", "Allium schoenoprasum", "Kitchen", Spot(SOUTH, 0.6, EVENING), 1.2, PEAT_MIX,
        Foliage(0.04, 2.2, 0.5, 18), Habit(2, waters_below=0.5, forgets=0.25), 0.2),
    PlantKind("Parsley", "Petroselinum crispum", "Kitchen", Spot(SOUTH, 0.55, EVENING), 1.4, PEAT_MIX,
        Foliage(0.05, 3.0, 0.5, 20), Habit(2, waters_below=0.5, forgets=0.3), 0.2),
    PlantKind("Boston fern", "Nephrolepis exaltata", "Bathroom", Spot(NORTH, 0.6), 3.0, PEAT_MIX,
        Foliage(0.30, 3.2, 0.5, 16), Habit(2, waters_below=0.65, mists=0.8), 0.3, holds_back=0.3),
    PlantKind("Calathea", "Goeppertia orbifolia", "Bathroom", Spot(NORTH, 0.35), 2.8, COCO,
        Foliage(0.22, 2.6, 0.45, 15), Habit(3, waters_below=0.6, way=Way.SIP, sip_litres=0.3, mists=0.9), 0.2),
    PlantKind("Snake plant", "Dracaena trifasciata", "Bedroom", Spot(EAST, 0.3), 3.5, CACTUS_MIX,
        Foliage(0.12, 1.5, 0.15, 4, night_share=1.6), Habit(16, waters_below=0.15, forgets=0.3), holds_back=0.7),
    PlantKind("African violet", "Streptocarpus ionanthus", "Bedroom", Spot(EAST, 0.7), 0.7, PEAT_MIX,
        Foliage(0.04, 2.0, 0.45, 15), Habit(4, waters_below=0.55, way=Way.SAUCER), 0.3,
        notes="Water from below only."),
    PlantKind("Fiddle-leaf fig", "Ficus lyrata", "Study", Spot(SOUTH, 0.35, EVENING), 14.0, PEAT_MIX,
        Foliage(0.7, 2.8, 0.4, 12), Habit(7, hour=17.0, waters_below=0.45), 1.0),
    PlantKind("Moth orchid", "Phalaenopsis amabilis", "Study", Spot(SOUTH, 0.5, EVENING), 1.0, BARK,
        Foliage(0.06, 1.6, 0.2, 8, night_share=1.2), Habit(7, waters_below=0.4, way=Way.SAUCER), 0.8),
    PlantKind("Chili", "Capsicum annuum", "Study", Spot(WEST, 0.4, GROW_LIGHT), 3.5, COCO,
        Foliage(0.14, 3.0, 0.6, 24), Habit(2, hour=9.0, waters_below=0.55), 0.3, notes="Under the grow light."),
    PlantKind("Echeveria", "Echeveria elegans", "Study", Spot(SOUTH, 0.85), 0.5, CACTUS_MIX,
        Foliage(0.02, 1.8, 0.15, 4, night_share=1.6), Habit(12, waters_below=0.15, forgets=0.4), holds_back=0.7),
    PlantKind("Lemon tree", "Citrus limon", "Winter garden", Spot(SOUTH, 0.8), 18.0, GARDEN_SOIL,
        Foliage(0.5, 3.0, 0.45, 12), Habit(5, waters_below=0.5), 1.0),
    PlantKind("Rosemary", "Salvia rosmarinus", "Balcony", Spot(None, 0.55), 5.0, GARDEN_SOIL,
        Foliage(0.12, 3.0, 0.4, 12), Habit(4, hour=7.0, waters_below=0.3), 0.4, holds_back=0.6),
    PlantKind("Olive", "Olea europaea", "Balcony", Spot(None, 0.6), 20.0, GARDEN_SOIL,
        Foliage(0.4, 2.2, 0.4, 12), Habit(1, hour=6.0, waters_below=0.75, way=Way.DRIP, forgets=0.0, fertilises=0.0),
        1.0, holds_back=0.65, notes="The drip hose waters it from the tank."),
)  # fmt: skip
