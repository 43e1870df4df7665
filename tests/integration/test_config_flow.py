"""Adding a backend: every way in, and a clear word for everything that can be wrong."""

import re
from ipaddress import ip_address

import pytest
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_ZEROCONF,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.plantops.connection import tidy_url
from custom_components.plantops.const import DOMAIN
from tests.integration.conftest import added, set_up
from tests.integration.flows import ANOTHER, begin, fill
from tests.integration.garden import Gardener, House


def _found(instance: str | None, host: str = "127.0.0.1", **told: str) -> ZeroconfServiceInfo:
    return ZeroconfServiceInfo(
        ip_address=ip_address(host),
        ip_addresses=[ip_address(host)],
        port=8000,
        hostname="plantops-1234.local.",
        type="_plantops._tcp.local.",
        name="PlantOps on shed._plantops._tcp.local.",
        properties={**({"id": instance} if instance else {}), "version": "0.1.0", "schema_version": "1", **told},
    )


async def test_a_backend_is_added_by_address_and_token(hass: HomeAssistant, house: House, instance: str) -> None:
    flow = await begin(hass)
    made = await fill(hass, flow, url=f" {house.card['url']}/?from=browser ", token=f" {house.card['token']}\n")
    assert made["type"] is FlowResultType.CREATE_ENTRY
    assert made["title"] == "PlantOps"
    assert made["data"] == {"url": house.card["url"], "token": house.card["token"]}
    assert made["result"].unique_id == instance
    assert made["result"].state is ConfigEntryState.LOADED


async def test_the_same_backend_is_added_once_however_it_is_called(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    way = {"url": house.card["https_url"], "token": house.card["token"], "certificate": house.card["ca"].strip()}
    again = await fill(hass, await begin(hass), **way)
    assert again["type"] is FlowResultType.ABORT
    assert again["reason"] == "already_configured"
    assert entry.data == way


async def test_a_second_backend_bears_its_address(hass: HomeAssistant, house: House) -> None:
    added(hass, ANOTHER, url="http://127.0.0.1:9", token="plantops_x")  # noqa: S106 - nobody's token
    made = await fill(hass, await begin(hass), url=house.card["url"], token=house.card["token"])
    assert made["title"] == "PlantOps on 127.0.0.1"


@pytest.mark.parametrize(
    ("data", "field", "key"),
    [
        ({"url": "http://127.0.0.1:9"}, "url", "cannot_connect"),
        ({"url": "plantops.local:80:80"}, "url", "wrong_url"),
        ({"url": "ftp://127.0.0.1"}, "url", "wrong_url"),
        ({"token": "plantops_nobody"}, "token", "invalid_token"),
        ({"token": "tökén"}, "token", "invalid_token"),
        ({"certificate": "what?"}, "certificate", "certificate_unreadable"),
        ({"certificate": "AB:CD"}, "certificate", "certificate_unreadable"),
        (
            {"certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"},
            "certificate",
            "certificate_unreadable",
        ),
        ({"certificate": "-----BEGIN CERTIFICATE-----"}, "certificate", "certificate_unreadable"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_can_be_mended(
    hass: HomeAssistant, house: House, data: dict[str, str], field: str, key: str
) -> None:
    right = {"url": house.card["url"], "token": house.card["token"]}
    flow = await begin(hass)
    shown = await fill(hass, flow, **{**right, **data})
    assert shown["errors"] == {field: key}
    made = await fill(hass, flow, **right)
    assert made["type"] is FlowResultType.CREATE_ENTRY


async def test_a_token_that_may_not_read(hass: HomeAssistant, house: House, gardener: Gardener) -> None:
    made = await gardener.token_of("ingest")
    shown = await fill(hass, await begin(hass), url=house.card["url"], token=made["token"])
    assert shown["errors"] == {"token": "scope_missing"}


async def test_an_authority_of_ones_own(hass: HomeAssistant, house: House) -> None:
    """Without it the certificate is refused, and its fingerprint shown; the authority's text or that opens."""
    way = {"url": house.card["https_url"], "token": house.card["token"]}
    flow = await begin(hass)
    shown = await fill(hass, flow, **way)
    assert shown["errors"] == {"certificate": "certificate_untrusted"}
    words = shown["description_placeholders"]
    assert words is not None
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", words["fingerprint"])
    wrong = await fill(hass, flow, **way, certificate="00" * 32)
    assert wrong["errors"] == {"certificate": "certificate_untrusted"}
    made = await fill(hass, flow, **way, certificate=f"SHA-256 Fingerprint={words['fingerprint']}")
    assert made["type"] is FlowResultType.CREATE_ENTRY
    assert made["result"].state is ConfigEntryState.LOADED
    changed = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": made["result"].entry_id}
    )
    done = await fill(hass, changed["flow_id"], **way, certificate=" ".join(house.card["ca"].split()))
    assert done["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert made["result"].state is ConfigEntryState.LOADED


async def test_a_backend_that_is_found_needs_a_token_only(hass: HomeAssistant, house: House, instance: str) -> None:
    found = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_ZEROCONF}, data=_found(instance)
    )
    assert found["type"] is FlowResultType.FORM
    assert found["step_id"] == "zeroconf_confirm"
    made = await fill(hass, found["flow_id"], url=house.card["url"], token=house.card["token"])
    assert made["type"] is FlowResultType.CREATE_ENTRY
    assert made["result"].unique_id == instance


async def test_what_is_found_without_a_name_is_left_alone(hass: HomeAssistant) -> None:
    found = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_ZEROCONF}, data=_found(None))
    assert found["type"] is FlowResultType.ABORT
    assert found["reason"] == "wrong_url"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://192.0.2.7:8000", "http://192.0.2.8:8000"),
        ("https://192.0.2.7:8443", "https://192.0.2.8:9443"),
        ("http://plantops.local:8000", "http://plantops.local:8000"),
    ],
)
async def test_a_known_backend_that_moved_is_followed(hass: HomeAssistant, before: str, after: str) -> None:
    entry = added(hass, ANOTHER, url=before, token="plantops_x")  # noqa: S106 - nobody's token
    found = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_ZEROCONF}, data=_found(ANOTHER, "192.0.2.8", https="9443")
    )
    assert found["reason"] == "already_configured"
    assert entry.data["url"] == after


async def test_a_found_backend_offers_its_https(hass: HomeAssistant) -> None:
    found = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_ZEROCONF}, data=_found(ANOTHER, "2001:db8::7", https="8443")
    )
    schema = found["data_schema"]
    assert schema is not None
    url = next(key for key in schema.schema if key == "url")
    assert url.description == {"suggested_value": "https://[2001:db8::7]:8443"}


async def test_another_token(hass: HomeAssistant, entry: MockConfigEntry, gardener: Gardener) -> None:
    await set_up(hass, entry)
    fresh = await gardener.token_of("garden")
    shown = await entry.start_reauth_flow(hass)
    assert shown["step_id"] == "reauth_confirm"
    wrong = await fill(hass, shown["flow_id"], token="plantops_nobody")  # noqa: S106 - nobody's token
    assert wrong["errors"] == {"base": "invalid_token"}
    done = await fill(hass, shown["flow_id"], token=f" {fresh['token']} ")
    assert done["reason"] == "reauth_successful"
    assert entry.data["token"] == fresh["token"]
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("way", ["reauth", "reconfigure"])
async def test_another_installation_is_not_taken_for_the_same(hass: HomeAssistant, house: House, way: str) -> None:
    entry = added(hass, ANOTHER, url=house.card["url"], token=house.card["token"])
    shown = await (entry.start_reauth_flow(hass) if way == "reauth" else entry.start_reconfigure_flow(hass))
    data = {"token": house.card["token"]} | ({"url": house.card["url"]} if way == "reconfigure" else {})
    result = await fill(hass, shown["flow_id"], **data)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "foreign_instance"


async def test_options(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await set_up(hass, entry)
    shown = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(shown["flow_id"], {"suggest_areas": False})
    await hass.async_block_till_done()
    assert entry.options == {"suggest_areas": False, "statistics": "gaps"}
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" plantops.local:8000/ ", "http://plantops.local:8000"),
        ("https://example.org/garden/?a=b#c", "https://example.org/garden"),
        ("http://[::1", "http://[::1"),
        ("http://", "http://"),
    ],
)
def test_an_address_is_tidied(typed: str, kept: str) -> None:
    assert tidy_url(typed) == kept
