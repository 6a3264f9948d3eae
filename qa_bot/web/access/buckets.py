"""Token buckets: how often somebody may do something."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MAX_KEYS = 20_000


class Buckets:
    """One bucket for each key: ``burst`` at once, then one every ``seconds``.

    The table is bounded: the key that was seen longest ago goes first, with its bucket all but
    full again by then. Safe from many threads.

    Example:
        >>> asks = Buckets(burst=2, seconds=10.0)
        >>> [asks.take("ada") for _ in range(3)][:2], asks.wait("ada") > 9, asks.wait("bob")
        ([0.0, 0.0], True, 0.0)
    """

    def __init__(
        self,
        burst: int,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        max_keys: int = MAX_KEYS,
    ) -> None:
        self._burst = burst
        self._seconds = seconds
        self._clock = clock
        self._max_keys = max_keys
        self._full_at: OrderedDict[str, float] = OrderedDict()  # key → when it is full again
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Takes one; the seconds to wait, and takes nothing, when there is none."""
        with self._lock:
            now = self._clock()
            wait = self._wait(key, now)
            if wait <= 0:
                self._full_at[key] = max(self._full_at.get(key, now), now) + self._seconds
            if key in self._full_at:
                self._full_at.move_to_end(key)
            while len(self._full_at) > self._max_keys:
                self._full_at.popitem(last=False)
            return wait

    def wait(self, key: str) -> float:
        """Seconds until :meth:`take` would be given one; 0.0: now."""
        with self._lock:
            return self._wait(key, self._clock())

    def _wait(self, key: str, now: float) -> float:
        missing = self._full_at.get(key, now) - now
        return max(0.0, missing - (self._burst - 1) * self._seconds)


def network_of(address: str) -> str:
    """What counts as one sender: an IPv4 address, or an IPv6 network of 64 bits.

    Example:
        >>> network_of("192.0.2.7"), network_of("2001:db8::7")
        ('192.0.2.7', '2001:db8::/64')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False) if found.version == 6 else found)
