"""Pictures: what comes out is upright, small, says nothing of where it was taken, and bombs stay packed."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from aioplantops.photos import PhotoInvalid
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from plantops.domain.picture import picture

from tests.backend.api.pictures import bomb, claiming, drawn, phone, written

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RED, GREEN = (254, 0, 0), (0, 128, 0)


def near(one: object, other: tuple[int, int, int]) -> bool:
    return isinstance(one, tuple) and all(abs(a - b) < 16 for a, b in zip(one, other, strict=True))


def test_a_phones_picture_is_turned_made_smaller_and_says_nothing() -> None:
    sent = phone(drawn((4_000, 3_000)), NOW - timedelta(days=2), turned=6)
    assert b"SecretPhone" in sent
    made = picture(sent, BERLIN, NOW)
    assert (made.width, made.height) == (1_200, 1_600)
    for payload, longest in ((made.image, 1_600), (made.thumbnail, 320)):
        assert b"Secret" not in payload
        image = Image.open(BytesIO(payload))
        assert max(image.size) == longest
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        right, left = image.width - 9, 9
        assert near(image.getpixel((right, 9)), RED), "turned by a quarter: the left upper corner is the right one"
        assert near(image.getpixel((left, 9)), GREEN)
    assert made.taken_at == NOW - timedelta(days=2, hours=2)


def test_a_camera_is_believed_as_far_as_it_can_be_right() -> None:
    taken = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert picture(phone(drawn(), taken, offset=""), BERLIN, NOW).taken_at == taken - timedelta(hours=2)
    assert picture(phone(drawn(), NOW + timedelta(days=1)), BERLIN, NOW).taken_at is None
    assert picture(phone(drawn(), datetime(1999, 1, 1, tzinfo=UTC)), BERLIN, NOW).taken_at is None
    assert picture(phone(drawn(), taken, offset="nonsense"), BERLIN, NOW).taken_at is None
    assert picture(phone(drawn()), BERLIN, NOW).taken_at is None


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_clear_places_become_white(form: str) -> None:
    image = drawn((64, 64), "RGBA")
    image.putpixel((60, 60), (0, 0, 0, 0))
    image.paste((0, 0, 0, 0), (32, 32, 64, 64))
    made = picture(written(image, form), BERLIN, NOW)
    assert (made.width, made.height) == (64, 64), "small pictures are not blown up"
    assert near(Image.open(BytesIO(made.image)).getpixel((50, 50)), (255, 255, 255))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (b"%PDF-1.7", "no picture"),
        (written(drawn(), "GIF"), "no picture"),
        (written(drawn(), "TIFF"), "no picture"),
        (written(drawn())[:2_000], "damaged or cut off"),
        (written(drawn(), "PNG")[:500], "damaged or cut off"),
        (bomb(50_000, 50_000), "more pixels than any camera"),
        (bomb(3_600, 3_600), "at most 12 million"),
        (bomb(3_500, 3_500), "damaged or cut off"),
        (written(Image.new("RGBA", (3_600, 3_600)), "WEBP", lossless=True, method=0), "at most 12 million"),
        (claiming(8_001, 8_001), "at most 64 million"),
        (claiming(8_000, 8_000), "damaged or cut off"),
        (claiming(5_001, 5_001, progressive=True), "at most 25 million"),
        (claiming(5_001, 5_001, colours_at_once=1), "at most 25 million"),
        (written(drawn(), progressive=True) + b"\xff\xda" * 501, "more passes"),
        (written(Image.new("L", (15, 400))), "too small"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_is_no_picture_is_refused_in_words(sent: bytes, words: str) -> None:
    with pytest.raises(PhotoInvalid, match=words):
        picture(sent, BERLIN, NOW)


JPEG = phone(drawn((64, 48)), NOW)


@given(st.integers(0, len(JPEG) - 1), st.integers(0, 255))
def test_a_damaged_picture_is_a_picture_or_refused(place: int, byte: int) -> None:
    damaged = JPEG[:place] + bytes([byte]) + JPEG[place + 1 :]
    with suppress(PhotoInvalid):
        assert picture(damaged, BERLIN, NOW).image
