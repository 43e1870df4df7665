"""One channel's calibration as Python: its versions, and the way to a new one, step by step.

```python
calibrator = client.calibrator(channel_id)
await calibrator.begin(ProcedureStep(capture=Capture.DRY))
while (step := await calibrator.procedure()).live and not step.live.steady:
    print(step.live.missing)
    await asyncio.sleep(5)
await calibrator.capture()   # then the same with Capture.WET
await calibrator.commit()
```
"""

from datetime import datetime
from uuid import UUID

from .calibration import (
    Calibration,
    CalibrationCreate,
    CalibrationProcedure,
    ChannelCalibration,
    ProcedureCapture,
    ProcedureCommit,
    ProcedureStep,
)
from .transport import Transport


class Calibrator:
    """Calibrates one channel. Every method raises ChannelNotFound where there is none."""

    def __init__(self, transport: Transport, channel_id: int) -> None:
        """Take the way to the backend, and the channel."""
        self._transport = transport
        self._path = f"/api/v1/channels/{channel_id}/calibration"

    async def versions(self) -> ChannelCalibration:
        """List the versions, the newest hour first."""
        return await self._transport.ask(ChannelCalibration, self._path)

    async def create(self, calibration: CalibrationCreate) -> Calibration:
        """Make a version of known points. Raises CalibrationInvalid, TooManyCalibrations."""
        return await self._transport.send("POST", self._path, Calibration, body=calibration)

    async def remove(self, calibration_id: UUID) -> None:
        """Take a version back; what held before holds again. Raises CalibrationNotFound."""
        await self._transport.tell("DELETE", f"{self._path}/versions/{calibration_id}")

    async def procedure(self) -> CalibrationProcedure:
        """Tell how far a calibration is, and whether what the probe sends is steady. Raises CalibrationNotBegun."""
        return await self._transport.ask(CalibrationProcedure, f"{self._path}/procedure")

    async def begin(self, step: ProcedureStep) -> CalibrationProcedure:
        """Begin to take a point. Raises CalibrationInvalid."""
        return await self._transport.send("POST", f"{self._path}/procedure", CalibrationProcedure, body=step)

    async def capture(self, *, anyway: bool = False) -> CalibrationProcedure:
        """Take the point. Raises CalibrationNotBegun, CalibrationUnsteady (which says what is missing)."""
        body = ProcedureCapture(anyway=anyway)
        return await self._transport.send("POST", f"{self._path}/procedure/capture", CalibrationProcedure, body=body)

    async def commit(self, from_: datetime | None = None) -> Calibration:
        """Make a version of the points, since a UTC hour (None: the current one).

        Raises CalibrationNotBegun, CalibrationInvalid, TooManyCalibrations.
        """
        body = ProcedureCommit.model_validate({"from": from_})
        return await self._transport.send("POST", f"{self._path}/procedure/commit", Calibration, body=body)

    async def cancel(self) -> None:
        """End without a result. Raises CalibrationNotBegun."""
        await self._transport.tell("DELETE", f"{self._path}/procedure")
