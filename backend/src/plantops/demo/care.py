"""The demo's care: some of the past, what is to be done, and a few pictures that are drawn here, plant by plant."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO

from aioplantops.care import CareKind, CareLog
from aioplantops.client import PlantOpsClient
from aioplantops.models import Plant
from aioplantops.tasks import Recurrence, TaskKind, TaskRuleCreate, Unit
from PIL import ExifTags, Image, ImageDraw

DAY = timedelta(days=1)
PAST = (
    (CareKind.REPOTTED, 320, "A size larger; the roots went round."),
    (CareKind.FERTILISED, 12, "Half a dose."),
    (CareKind.PRUNED, 6, "Two yellow leaves."),
    (CareKind.NOTE, 3, "A new leaf unrolls."),
)
WINTER = (11, 12, 1, 2)
PICTURED = 2
"""Plants with pictures: enough to see what they are for."""
AGES = (28, 14, 1)
"""Days ago on which the pictures were taken."""


async def remember(client: PlantOpsClient, plants: Iterable[Plant], now: datetime) -> None:
    """Write down what was done to plants, and what is to be done; what is there already stays alone."""
    if [rule async for rule in client.task_rules() if not rule.automatic]:
        return
    for number, plant in enumerate(sorted(plants, key=lambda one: one.name)):
        kind, days, note = PAST[number % len(PAST)]
        await client.log_care(
            plant.id, CareLog(kind=kind, at=now - days * DAY - number * timedelta(hours=1), note=note)
        )
        if number < PICTURED:
            for age in AGES:
                await client.add_photo(plant.id, drawing(number, AGES[0] - age, now - age * DAY))
    for plant in list(plants)[:3]:
        await client.create_task_rule(
            TaskRuleCreate(
                plant_id=plant.id, kind=TaskKind.FERTILISED, every=2, unit=Unit.WEEKS, rest_months=WINTER, rest_every=8
            )
        )
    await client.create_task_rule(
        TaskRuleCreate(kind=TaskKind.CUSTOM, title="Look under the leaves for guests", every=1, unit=Unit.WEEKS)
    )
    await client.create_task_rule(
        TaskRuleCreate(kind=TaskKind.CUSTOM, title="Bring the balcony plants in", by=Recurrence.DATES, dates=("10-10",))
    )


def drawing(number: int, grown_days: int, taken: datetime) -> bytes:
    """Draw a plant in its pot, larger with each day, and write it as a camera would."""
    image = Image.new("RGB", (900, 1_200), (238, 234, 222))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 980, 900, 1_200), fill=(196, 170, 138))
    height = 260 + 14 * grown_days
    pen.line((450, 900, 450, 900 - height), fill=(74, 112, 52), width=14)
    for step in range(3 + grown_days // 4):
        at = 880 - step * height // (3 + grown_days // 4)
        side = 1 if (step + number) % 2 else -1
        near, far = 450, 450 + side * (150 + 4 * grown_days)
        pen.ellipse((min(near, far), at - 62, max(near, far), at + 18), fill=(86 - 12 * number, 148 + 10 * number, 70))
    pen.polygon(((310, 880), (590, 880), (550, 1_090), (350, 1_090)), fill=(176, 92, 60))
    notes = image.getexif()
    notes.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
    notes.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = "+00:00"
    out = BytesIO()
    image.save(out, "JPEG", exif=notes.tobytes())
    return out.getvalue()
