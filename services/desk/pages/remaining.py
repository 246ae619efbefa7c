"""What is left of a limit, in words: of the office's time where only that counts (剩余 6 工作小时)."""

from collections.abc import Callable
from datetime import datetime

from services.chassis.pages.times import span
from services.chassis.pages.words import Language
from services.desk.domain.work_left import WorkLeft


def worked(say: Callable[..., str], left: WorkLeft) -> str:
    """Return working time in its two largest parts: 1 工作日 2 工作小时."""
    parts = {"work.days": left.days, "work.hours": left.hours, "work.minutes": left.minutes}
    told = ("work.days", "work.hours") if left.days else ("work.hours", "work.minutes")
    return " ".join(say(key, n=parts[key]) for key in told if parts[key]) or say("work.minutes", n=0)


def remaining(
    say: Callable[..., str], language: Language, due_at: datetime, at: datetime, left: WorkLeft | None
) -> str:
    """Return how long it still is, or how long it is over."""
    if due_at < at:
        return say("due.over", span=span(at - due_at, language))
    if left is not None:
        return say("due.left_work", span=worked(say, left))
    return say("due.left", span=span(due_at - at, language))
