"""Token buckets: how fast one address may ask. Bounded, so that a flood of addresses costs no memory either."""

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from math import ceil

ADDRESSES_MAX = 100_000


@dataclass(slots=True)
class Bucket:
    tokens: float
    filled_at: float


@dataclass(slots=True)
class Buckets:
    """One bucket per address. `now` is any monotonic number of seconds."""

    per_minute: float
    burst: float
    addresses_max: int = ADDRESSES_MAX
    _buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def take(self, address: str, now: float) -> int:
        """Take one token. Return 0, or after how many seconds there will be one."""
        bucket = self._filled(address, now)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return self._wait(bucket)

    def wait(self, address: str, now: float) -> int:
        """Return after how many seconds there will be a token; 0 when there is one. Takes none."""
        bucket = self._buckets.get(address)
        if bucket is None:
            return 0
        bucket = self._filled(address, now)
        return 0 if bucket.tokens >= 1 else self._wait(bucket)

    def __len__(self) -> int:
        return len(self._buckets)

    def _filled(self, address: str, now: float) -> Bucket:
        bucket = self._buckets.get(address)
        if bucket is None:
            self._forget(now)
            bucket = self._buckets[address] = Bucket(self.burst, now)
        else:
            self._buckets.move_to_end(address)
            bucket.tokens = self._tokens(bucket, now)
            bucket.filled_at = now
        return bucket

    def _forget(self, now: float) -> None:
        """Forget the two unseen longest if they are full again, which changes nothing, and one where all room is taken.

        That one has most likely filled up, too.
        """
        for _ in range(2):
            oldest = next(iter(self._buckets.values()), None)
            full = len(self._buckets) >= self.addresses_max
            if oldest is None or not (full or self._tokens(oldest, now) >= self.burst):
                return
            self._buckets.popitem(last=False)

    def _tokens(self, bucket: Bucket, now: float) -> float:
        return min(self.burst, bucket.tokens + (now - bucket.filled_at) * self.per_minute / 60)

    def _wait(self, bucket: Bucket) -> int:
        return max(1, ceil((1 - bucket.tokens) * 60 / self.per_minute))


def client_of(address: str) -> str:
    """Return what one household shares: an IPv4 address, or the /64 of an IPv6 address; unreadable stays as it is."""
    if ":" not in address:
        return address
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return parsed.exploded[:19]
