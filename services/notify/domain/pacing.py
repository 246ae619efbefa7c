"""How many messages a destination takes in a stretch of time, and until when it asked to be left alone."""

from collections import deque
from typing import Final

from services.notify.domain.targets import Channel

WINDOW_SECONDS: Final = 60.0
PER_WINDOW: Final[dict[Channel, int]] = {"wecom": 20, "dingtalk": 20}
"""A robot takes 20 messages a minute; DingTalk blocks one that sends more for ten minutes."""
FREE: Final = 1_000_000


class Pace:
    """One destination's pace, by a monotonic clock in seconds."""

    __slots__ = ("_most", "_taken", "_until")

    def __init__(self, channel: Channel) -> None:
        self._most = PER_WINDOW.get(channel, FREE)
        self._taken: deque[float] = deque()
        self._until = float("-inf")

    def room(self, at: float) -> int:
        """Return how many messages may go now."""
        while self._taken and self._taken[0] <= at - WINDOW_SECONDS:
            self._taken.popleft()
        return 0 if at < self._until else self._most - len(self._taken)

    def closed_for(self, at: float) -> float:
        """Return for how many seconds it is still to be left alone."""
        return max(self._until - at, 0.0)

    def take(self, at: float) -> None:
        """Note that one goes."""
        if self._most < FREE:
            self._taken.append(at)

    def hold(self, until: float) -> None:
        """Leave it alone until then."""
        self._until = max(self._until, until)

    def idle(self, at: float) -> bool:
        """Whether nothing is remembered that matters."""
        return at >= self._until and not self._taken
