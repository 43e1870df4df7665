"""Sends the courier: a process of its own for each message that Apprise carries (`courier_process.py`)."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aioplantops.notifications import TargetRefused
from aioplantops.severity import Severity

from plantops.domain.apprise_services import APPRISE_SERVICES, service_of
from plantops.domain.delivery import Outcome, Verdict, judge
from plantops.domain.targets import Network
from plantops.domain.telling import Message

from .courier_process import SECONDS
from .outside import OutsideFailed

COURIERS = 2
"""So many are under way at once: each needs 60 MB and a second of a processor."""
LONGEST_WORD = 10_000
TYPES = {Severity.INFO: "info", Severity.WARNING: "warning", Severity.CRITICAL: "failure"}
ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
"""Ours holds secrets; the courier gets none of it."""


@dataclass(frozen=True, slots=True)
class CourierPlace:
    """Where an Apprise URL leads."""

    service: str
    host: str
    """Empty: the service's own machine."""
    port: int
    plain: bool
    """Whether it is spoken to without TLS."""


class Courier:
    """Has messages carried by Apprise."""

    def __init__(self, allowed: Sequence[Network] = ()) -> None:
        """Take private networks that may be spoken to, too."""
        self._allowed = [str(network) for network in allowed]
        self._free = asyncio.Semaphore(COURIERS)

    async def look(self, url: str) -> CourierPlace:
        """Tell where a URL leads. Raises TargetRefused where Apprise doesn't understand it, or it may not be used."""
        service = service_of(url)
        if service is None:
            raise TargetRefused(_which(url))
        result = await self._send({"look": True, "url": url})
        if not result.get("understood"):
            raise TargetRefused(
                f"Apprise does not understand this address of {service.name}: something is missing in it."
            )
        return CourierPlace(service.name, str(result["host"]), int(result["port"]), bool(result["plain"]))

    async def carry(self, url: str, message: Message, now: datetime) -> Verdict:
        """Have a message carried. Raises OutsideFailed where the courier does not come back in time."""
        service = service_of(url)
        if service is None:
            return Verdict(Outcome.REFUSED, _which(url))
        task = {
            "look": False,
            "url": url,
            "title": message.title,
            "body": message.body,
            "type": TYPES[message.severity],
            "allowed": self._allowed,
        }
        return _verdict(await self._send(task), service.name, now)

    async def _send(self, task: Mapping[str, Any]) -> Mapping[str, Any]:
        async with self._free:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-m", "plantops.services.courier_process"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # Apprise tells addresses there
                env=ENVIRONMENT,
                start_new_session=True,
            )
            try:
                async with asyncio.timeout(SECONDS + 5):
                    said, _ = await process.communicate(json.dumps(task).encode())
            except TimeoutError:
                raise OutsideFailed("The service did not answer in time.") from None
            finally:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()
        if process.returncode or len(said) > LONGEST_WORD:
            raise OutsideFailed("The service did not answer in time, or its answer was too large.")
        result: Mapping[str, Any] = json.loads(said)
        return result


def _verdict(result: Mapping[str, Any], service: str, now: datetime) -> Verdict:
    if result["delivered"]:
        return Verdict(Outcome.DELIVERED, f"{service} took it.", status=result.get("status"))
    if result.get("refused"):
        return Verdict(Outcome.REFUSED, f"{service} may not be spoken to so: {result['refused'][0]}.")
    if not result.get("understood", True):
        return Verdict(Outcome.REFUSED, f"Apprise does not understand this address of {service} any more.")
    if (status := result.get("status")) is not None:
        judged = judge(status, result.get("retry_after"), now)
        if judged.outcome is not Outcome.DELIVERED:
            return judged
        return Verdict(Outcome.LATER, f"{service} answered, and says that it did not take it.", status=status)
    return Verdict(Outcome.LATER, f"{service} cannot be reached, or does not take our login.")


def _which(url: str) -> str:
    names = ", ".join(f"{service.name} ({service.schemas[-1]}://)" for service in APPRISE_SERVICES)
    hint = ""
    if url.lower().startswith(("discord://", "https://discord")):
        hint = " Discord has a kind of its own: `discord`, with the webhook's https address."
    elif url.lower().startswith(("http://", "https://", "json://", "xml://", "form://")):
        hint = " For an address of your own there is the kind `webhook`."
    return f"This is no address of a service that can be told. These can: {names}.{hint}"
