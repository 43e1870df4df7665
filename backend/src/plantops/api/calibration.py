"""Calibrations of a channel as the API shows them."""

from aioplantops.calibration import (
    Calibration,
    CalibrationCreate,
    CalibrationProcedure,
    ChannelCalibration,
    ProcedureCapture,
    ProcedureCommit,
    ProcedureStep,
)

from .call import CALIBRATION, CHANNEL, Call
from .keys import CALIBRATION_PROCEDURES, CALIBRATION_VERSIONS


async def show(call: Call) -> ChannelCalibration:
    """List a channel's versions."""
    return await call.app[CALIBRATION_VERSIONS].of_channel(call.at(CHANNEL))


async def create(call: Call[CalibrationCreate]) -> Calibration:
    """Calibrate a channel by points that are known."""
    return await call.app[CALIBRATION_VERSIONS].create(call.at(CHANNEL), call.body)


async def remove(call: Call) -> None:
    """Take a version back."""
    await call.app[CALIBRATION_VERSIONS].remove(call.at(CHANNEL), call.at(CALIBRATION))


async def procedure(call: Call) -> CalibrationProcedure:
    """Tell how far a calibration is, and whether what the probe sends is steady."""
    return await call.app[CALIBRATION_PROCEDURES].show(call.at(CHANNEL))


async def begin(call: Call[ProcedureStep]) -> CalibrationProcedure:
    """Begin to take a point."""
    return await call.app[CALIBRATION_PROCEDURES].begin(call.at(CHANNEL), call.body)


async def capture(call: Call[ProcedureCapture]) -> CalibrationProcedure:
    """Take the point."""
    return await call.app[CALIBRATION_PROCEDURES].capture(call.at(CHANNEL), call.body)


async def commit(call: Call[ProcedureCommit]) -> Calibration:
    """Make a calibration of the points."""
    return await call.app[CALIBRATION_PROCEDURES].commit(call.at(CHANNEL), call.body)


async def cancel(call: Call) -> None:
    """End without a result."""
    await call.app[CALIBRATION_PROCEDURES].cancel(call.at(CHANNEL))
