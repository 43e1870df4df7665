"""Listens to the sensors that measure for plants, and hands on what of it is a reading."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import restore_state
from homeassistant.helpers.entity_registry import EVENT_ENTITY_REGISTRY_UPDATED, EventEntityRegistryUpdatedData
from homeassistant.helpers.event import async_call_later, async_track_state_change_event, async_track_state_report_event
from homeassistant.helpers.start import async_at_started

from .binding import Binding, Series, entity_id_of, measure, number, unit_of
from .pace import Pace, Reading

MEMORIES: Mapping[str, Callable[[er.RegistryEntry], str]] = {
    "last_states": lambda known: known.entity_id,  # until 2026.10
    "last_states_by_entity_id": lambda known: known.entity_id,
    "last_states_by_entity_registry_id": lambda known: known.id,
}
"""Where Home Assistant keeps what it remembers of entities, by version; elsewhere, it is not looked for."""

type Take = Callable[[Series, Reading], None]
"""Called with each reading."""


class Trouble(StrEnum):
    """Why a sensor gives no readings, as the repair's sentence is called."""

    GONE = "sensor_gone"
    TEXT = "sensor_text"
    UNIT = "sensor_unit"


@dataclass(slots=True)
class Ear:
    """What is known of one sensor."""

    binding: Binding
    entity_id: str | None = None
    pace: Pace = field(default_factory=Pace)
    trouble: Trouble | None = None
    said: str = ""
    """What it says that cannot be used: a text, or a unit."""
    later: CALLBACK_TYPE | None = None

    def end(self) -> None:
        """Wait for nothing any more."""
        if self.later is not None:
            self.later()
            self.later = None


class Listener:
    """Listens to all sensors of an entry."""

    def __init__(self, hass: HomeAssistant, take: Take, troubled: Callable[[], None]) -> None:
        """Take who gets the readings, and who wants to know when a sensor begins or ceases to be of use."""
        self._hass = hass
        self._take = take
        self._troubled = troubled
        self._leave: list[CALLBACK_TYPE] = []
        self._deaf: list[CALLBACK_TYPE] = []
        self._by_name: dict[str, list[Ear]] = {}
        self.ears: dict[str, Ear] = {}
        """By the subentry's id."""

    @callback
    def begin(self, bindings: Mapping[str, Binding]) -> None:
        """Listen to these."""
        self._leave = [
            self._hass.bus.async_listen(EVENT_ENTITY_REGISTRY_UPDATED, self._registered),
            async_at_started(self._hass, self._started),
        ]
        self.follow(bindings)

    @callback
    def end(self) -> None:
        """Hand on what is held, and listen no more."""
        for ear in self.ears.values():
            self._release(ear)
        for leave in (*self._leave, *self._deaf):
            leave()
        self._leave, self._deaf, self.ears, self._by_name = [], [], {}, {}

    @callback
    def follow(self, bindings: Mapping[str, Binding]) -> None:
        """Listen to these instead; what is known of those that stay is kept."""
        before, self.ears = self.ears, {}
        for subentry_id, binding in bindings.items():
            ear = before.get(subentry_id)
            if ear is None or ear.binding.series != binding.series:
                ear = Ear(binding)
            ear.binding, ear.entity_id = binding, entity_id_of(self._hass, binding.entity)
            self.ears[subentry_id] = ear
        for subentry_id, ear in before.items():
            if self.ears.get(subentry_id) is not ear:
                self._release(ear)
        self._prick()
        for ear in self.ears.values():
            if ear.pace.taken is None and ear.entity_id and (state := self._hass.states.get(ear.entity_id)):
                self._hear(ear, state, None)
        self._miss()

    def _prick(self) -> None:
        for leave in self._deaf:
            leave()
        self._by_name = {}
        for ear in self.ears.values():
            if ear.entity_id is not None:
                self._by_name.setdefault(ear.entity_id, []).append(ear)
        self._deaf = [
            async_track_state_change_event(self._hass, self._by_name, self._changed),
            async_track_state_report_event(self._hass, self._by_name, self._reported),
        ]

    @callback
    def _started(self, hass: HomeAssistant) -> None:
        self._miss()

    @callback
    def _registered(self, event: Event[EventEntityRegistryUpdatedData]) -> None:
        """Follow a sensor that was renamed, is gone or came back."""
        if any(entity_id_of(self._hass, ear.binding.entity) != ear.entity_id for ear in self.ears.values()):
            self.follow({subentry_id: ear.binding for subentry_id, ear in self.ears.items()})

    def _miss(self) -> None:
        """Tell which sensors are gone; while Home Assistant starts, those without an entry may only come late."""
        for ear in self.ears.values():
            gone = ear.entity_id is None
            if not gone and ear.entity_id == ear.binding.entity and self._hass.state is CoreState.running:
                gone = self._hass.states.get(ear.entity_id) is None
            if gone:
                ear.trouble, ear.said = Trouble.GONE, ""
            elif ear.trouble is Trouble.GONE:
                ear.trouble = None
        self._troubled()

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is None:
            self._miss()
            return
        for ear in self._by_name.get(state.entity_id, ()):
            self._hear(ear, state, event.data["old_state"])

    @callback
    def _reported(self, event: Event[EventStateReportedData]) -> None:
        state = event.data["new_state"]
        for ear in self._by_name.get(state.entity_id, ()):
            self._hear(ear, state, state)

    def _hear(self, ear: Ear, state: State, before: State | None) -> None:
        """Make a reading of a state, if it is one."""
        if state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}:
            return
        value, fits = number(state), measure(ear.binding, unit_of(state))
        if value is None:
            self._doubt(ear, Trouble.TEXT, state.state)
        elif fits is None:
            self._doubt(ear, Trouble.UNIT, unit_of(state) or "")
        else:
            self._doubt(ear, None, "")
            if number(before) is None and self._remembered(state):
                return
            self._note(ear, (state.last_reported.timestamp(), fits.convert(value)))

    def _remembered(self, state: State) -> bool:
        """Tell whether a state may be what Home Assistant remembered from before its start: nobody measured it now."""
        memory = restore_state.async_get(self._hass)
        known = er.async_get(self._hass).async_get(state.entity_id)
        found = [
            getattr(memory, place, {}).get(state.entity_id if known is None else key(known))
            for place, key in MEMORIES.items()
        ]
        return any(kept is not None and kept.state.state == state.state for kept in found)

    def _note(self, ear: Ear, reading: Reading) -> None:
        if ear.pace.hear(reading):
            ear.end()
            self._take(ear.binding.series, reading)
        elif ear.pace.held is None:
            ear.end()
        elif ear.later is None:

            @callback
            def late(_: object) -> None:
                self._release(ear)

            ear.later = async_call_later(self._hass, ear.pace.wait(), late)

    def _release(self, ear: Ear) -> None:
        ear.end()
        if (reading := ear.pace.release()) is not None:
            self._take(ear.binding.series, reading)

    def _doubt(self, ear: Ear, trouble: Trouble | None, said: str) -> None:
        if (ear.trouble, ear.said) != (trouble, said):
            # One text after the other is one trouble.
            again = ear.trouble is trouble is Trouble.TEXT
            ear.trouble, ear.said = trouble, ear.said if again else said
            if not again:
                self._troubled()
