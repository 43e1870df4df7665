"""The way to a backend: its address, the token, and whose certificate is believed."""

import re
import ssl
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientError, ClientTimeout, Fingerprint, ServerFingerprintMismatch
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

from .const import CONF_CERTIFICATE
from .lib.aioplantops.client import PlantOpsClient
from .lib.aioplantops.errors import PlantOpsError
from .lib.aioplantops.trust import Trust

_FINGERPRINT_BYTES = 32
_TIMEOUT = ClientTimeout(total=10)


class CertificateUnreadable(PlantOpsError):
    """This is neither the text of a certificate (PEM) nor a SHA-256 fingerprint."""

    code = "certificate_unreadable"


def tidy_url(text: str) -> str:
    """Give an address as it is kept: with a scheme, without a slash, query or what a browser adds behind it."""
    text = text.strip()
    if "://" not in text:
        text = f"http://{text}"
    try:
        url = URL(text)
    except ValueError:
        return text
    return str(url.with_query(None).with_fragment(None)).rstrip("/") if url.host else text


async def trust_of(hass: HomeAssistant, words: str | None) -> Trust:
    """Make of what a person gave something that TLS can use. Raises CertificateUnreadable."""
    if not words or not words.strip():
        return True
    if "-----BEGIN CERTIFICATE-----" in words:
        try:
            return await hass.async_add_executor_job(_authority, words)
        except ssl.SSLError, ValueError:
            raise CertificateUnreadable from None
    digits = re.sub(r"(?i)sha-?256|fingerprint|[\s:=]", "", words)
    try:
        digest = bytes.fromhex(digits)
    except ValueError:
        raise CertificateUnreadable from None
    if len(digest) != _FINGERPRINT_BYTES:
        raise CertificateUnreadable
    return Fingerprint(digest)


def _authority(pem: str) -> ssl.SSLContext:
    # A person may paste it in one line, with spaces where the line ends were.
    blocks = re.findall(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", pem, re.DOTALL)
    made = "\n".join(
        f"-----BEGIN CERTIFICATE-----\n{'\n'.join(block.split())}\n-----END CERTIFICATE-----" for block in blocks
    )
    if not made:
        raise ValueError(pem)
    return ssl.create_default_context(cadata=made)


async def client_for(hass: HomeAssistant, data: Mapping[str, Any]) -> PlantOpsClient:
    """Give the client of an entry, in Home Assistant's own session.

    Raises CertificateUnreadable, NotUnderstood (no address), Unauthorized (no token looks like that).
    """
    return PlantOpsClient(
        data[CONF_URL],
        data[CONF_TOKEN],
        async_get_clientsession(hass),
        trust=await trust_of(hass, data.get(CONF_CERTIFICATE)),
    )


async def shown_fingerprint(hass: HomeAssistant, url: str) -> str | None:
    """Tell which certificate a backend shows, so that a person can compare it; None when it shows none."""
    nothing = Fingerprint(bytes(_FINGERPRINT_BYTES))
    try:
        async with async_get_clientsession(hass).get(f"{url}/api/health", ssl=nothing, timeout=_TIMEOUT):
            return None
    except ServerFingerprintMismatch as mismatch:
        return mismatch.got.hex(":").upper()
    except ClientError, TimeoutError, OSError, ValueError:
        return None
