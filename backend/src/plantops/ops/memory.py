"""How the backend's memory stays small and flat: two settings of the runtime below us, made once at the start."""

import ctypes
import gc

YOUNG_OBJECTS = 50_000
"""How many new objects make Python look for cycles. Readings leave none: at its usual 2,000 the search took a fifth of
the ingest's processor time (docs/performance.md); here it costs a tenth of that, and a few megabytes at most."""

LARGE_BYTES = 128 * 1024
"""From this size on, a block of memory is one of its own and goes back to the system when it is free."""

_M_MMAP_THRESHOLD = -3  # malloc.h of the GNU C library


def keep_large_blocks_apart() -> None:
    """Hold the GNU C library to `LARGE_BYTES`, which it would raise by itself.

    asyncio reads each socket into a new block of 256 KiB and cuts that to what came. On the heap this left a hole at
    another place each time: a third of a megabyte a minute at 1,000 messages/s. Elsewhere there is nothing to do.
    """
    try:
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
    except AttributeError, OSError:
        return


def search_seldom() -> None:
    """Let Python's search for cycles skip what is there now, and begin only when much is new."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
