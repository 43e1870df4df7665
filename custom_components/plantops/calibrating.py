"""The way out for a probe that tells volts: taking two points of its soil, or writing down points that are known."""

from typing import Any

import probatio as vol
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult

from .coordinator import PlantOpsCoordinator
from .lib.aioplantops.calibration import (
    CalibrationCreate,
    CalibrationInvalid,
    CalibrationPoint,
    CalibrationProcedure,
    CalibrationUnsteady,
    Capture,
    ProcedureStep,
)
from .lib.aioplantops.calibrator import Calibrator
from .lib.aioplantops.errors import PlantOpsError, ScopeMissing
from .lib.aioplantops.metrics import METRICS, Metric
from .lib.aioplantops.models import Channel
from .problems import ask_for_scope, reason
from .wording import figure

_ANYWAY = vol.Schema({vol.Optional("anyway", default=False): bool})
_NUMBER = vol.Coerce(float)
_KNOWN = vol.Schema(
    {
        vol.Required("low_sent"): _NUMBER,
        vol.Required("low", default=0.0): _NUMBER,
        vol.Required("high_sent"): _NUMBER,
        vol.Required("high", default=100.0): _NUMBER,
    }
)


class UncalibratedChannel(RepairsFlow):
    """Calibrates one channel, by the backend's own procedure; closed in the middle it can be begun anew."""

    def __init__(self, coordinator: PlantOpsCoordinator, device_id: str, channel_id: int) -> None:
        """Take the channel."""
        self._coordinator = coordinator
        self._device_id = device_id
        self._channel_id = channel_id
        self._begun: Capture | None = None

    @property
    def _channel(self) -> Channel | None:
        """The channel as it is now, while it needs this."""
        device = self._coordinator.data.devices.get(self._device_id)
        channels = () if device is None else device.channels
        found = next((one for one in channels if one.id == self._channel_id), None)
        return None if found is None or found.unit == METRICS[found.metric].unit else found

    @property
    def _calibrator(self) -> Calibrator:
        return self._coordinator.client.calibrator(self._channel_id)

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask how; only soil has a dry and a wet end that anybody can make."""
        if (channel := self._channel) is None:
            return self.async_abort(reason="calibrated")
        if channel.metric is not Metric.SOIL_MOISTURE:
            return await self.async_step_known()
        words = self._words(channel)
        return self.async_show_menu(step_id="init", menu_options=["dry", "known"], description_placeholders=words)

    async def async_step_dry(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Take the dry end."""
        return await self._point(Capture.DRY, user_input)

    async def async_step_wet(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Take the wet end; with both the calibration is made."""
        return await self._point(Capture.WET, user_input)

    async def _point(self, capture: Capture, user_input: dict[str, Any] | None) -> RepairsFlowResult:
        try:
            if user_input is None or self._begun is not capture:
                self._begun = capture
                return self._show(await self._calibrator.begin(ProcedureStep(capture=capture)))
            try:
                await self._calibrator.capture(anyway=user_input["anyway"])
            except CalibrationUnsteady as error:
                return self._show(await self._calibrator.procedure(), error)
            if capture is Capture.DRY:
                return await self.async_step_wet()
            await self._calibrator.commit()
        except PlantOpsError as error:
            return self._failed(error)
        return self.async_create_entry(data={})

    def _show(self, procedure: CalibrationProcedure, unsteady: PlantOpsError | None = None) -> RepairsFlowResult:
        live = procedure.live
        sent = "?" if live is None or live.sent is None else figure(self.hass.config.language, live.sent)
        words = {
            "sent": f"{sent} {procedure.sent_unit}".strip(),
            "reason": "" if unsteady is None else reason(unsteady),
            "device": self._device_name(),
        }
        return self.async_show_form(
            step_id=str(self._begun),
            data_schema=_ANYWAY,
            errors=None if unsteady is None else {"base": "unsteady"},
            description_placeholders=words,
        )

    async def async_step_known(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Take two points that somebody knows, e.g. of the same probe in the same soil."""
        if (channel := self._channel) is None:
            return self.async_abort(reason="calibrated")
        words, errors = self._words(channel), {}
        if user_input is not None:
            points = tuple(
                CalibrationPoint(sent=user_input[f"{end}_sent"], value=user_input[end]) for end in ("low", "high")
            )
            try:
                await self._calibrator.create(CalibrationCreate(points=points))
            except CalibrationInvalid as error:
                errors, words = {"base": "invalid"}, words | {"reason": reason(error)}
            except PlantOpsError as error:
                return self._failed(error)
            else:
                return self.async_create_entry(data={})
        schema = self.add_suggested_values_to_schema(_KNOWN, user_input)
        return self.async_show_form(step_id="known", data_schema=schema, errors=errors, description_placeholders=words)

    def _words(self, channel: Channel) -> dict[str, str]:
        newest = "?" if channel.latest is None else figure(self.hass.config.language, channel.latest.value)
        return {
            "device": self._device_name(),
            "channel": channel.key,
            "sent": f"{newest} {channel.unit}",
            "unit": METRICS[channel.metric].unit,
            "sent_unit": channel.unit,
            "reason": "",
        }

    def _device_name(self) -> str:
        device = self._coordinator.data.devices.get(self._device_id)
        return self._device_id if device is None else device.name

    def _failed(self, error: PlantOpsError) -> RepairsFlowResult:
        if isinstance(error, ScopeMissing):
            ask_for_scope(self._coordinator)
        return self.async_abort(reason="failed", description_placeholders={"reason": reason(error)})
