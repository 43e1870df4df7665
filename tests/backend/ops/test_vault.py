"""What is sealed opens again, with the right key, for the right purpose, and otherwise not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plantops.ops.vault import CannotOpen, Vault, key_id

OLD, NEW, FOREIGN = (bytes([number]) * 32 for number in (1, 2, 3))
PURPOSE = "broker_account:plant-3fa2c1"


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    vault = Vault(NEW)
    sealed = vault.seal(text, PURPOSE)
    assert vault.open(sealed, PURPOSE) == text
    assert vault.seal(text, PURPOSE) != sealed, "no nonce is used twice"
    assert len(text) < 4 or text.encode() not in sealed


def test_an_old_key_opens_and_a_new_one_seals() -> None:
    before = Vault(OLD).seal("password", PURPOSE)
    vault = Vault(NEW, [OLD])
    assert vault.open(before, PURPOSE) == "password"
    assert (vault.is_current(before), vault.is_current(vault.seal("password", PURPOSE))) == (False, True)


@pytest.mark.parametrize("purpose", ["broker_account:plant-000000", ""])
def test_a_value_in_another_place_does_not_open(purpose: str) -> None:
    with pytest.raises(CannotOpen):
        Vault(NEW).open(Vault(NEW).seal("password", PURPOSE), purpose)


def test_a_foreign_key_does_not_open_and_the_error_tells_the_way_out() -> None:
    with pytest.raises(CannotOpen, match="ENCRYPTION_KEYS_OLD"):
        Vault(NEW, [OLD]).open(Vault(FOREIGN).seal("password", PURPOSE), PURPOSE)


@given(st.data())
def test_a_damaged_value_does_not_open(data: st.DataObject) -> None:
    vault = Vault(NEW)
    sealed = vault.seal("password", PURPOSE)
    place = data.draw(st.integers(0, len(sealed) - 1))
    damaged = bytearray(sealed)
    damaged[place] ^= data.draw(st.integers(1, 255))
    for value in (bytes(damaged), sealed[:place]):
        with pytest.raises(CannotOpen):
            vault.open(value, PURPOSE)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")
    assert key_id(OLD) != key_id(NEW)
