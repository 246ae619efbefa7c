"""Instants and spans as people read them, in the city's zone and in their language."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.chassis.pages.words import Language

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def exact(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Return the instant to the minute with its year, as hover and print show it: 2026年3月2日 09:05."""
    local = at.astimezone(zone)
    if language == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H:%M}"


def short(at: datetime, now: datetime, zone: ZoneInfo, language: Language) -> str:
    """Return the instant as short as it is clear: today only the time, else day and time."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    if local.year != today.year:
        return exact(at, zone, language)
    if language == "zh":
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"


def span(length: timedelta, language: Language) -> str:
    """Return a span in its two largest parts: 2 小时 10 分, 3 天 4 小时."""
    days, rest = divmod(abs(length), _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    words = ("天", "小时", "分") if language == "zh" else ("d", "h", "min")
    if days:
        parts = [(days, words[0]), (hours, words[1])]
    elif hours:
        parts = [(hours, words[1]), (minutes, words[2])]
    else:
        parts = [(minutes, words[2])]
    return " ".join(f"{number} {word}" for index, (number, word) in enumerate(parts) if number or index == 0)
