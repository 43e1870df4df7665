"""A replica in a process of its own, to be killed and frozen: takes the ingest lease and says so."""

import asyncio
import sys

from plantops.ops.logs import configure
from plantops.storage.lease import Lease, LeaseLost


def say(word: str) -> None:
    """Tell the test."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


async def main(url: str) -> None:
    """Hold the lease until it is lost."""
    async with Lease.take(url, on_standby=lambda: say("standby")) as lease:
        say("active")
        try:
            await lease.until_lost()
        except LeaseLost:
            say("lost")


if __name__ == "__main__":
    configure(stream=sys.stderr)
    asyncio.run(main(sys.argv[1]))
