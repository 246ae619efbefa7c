"""Reads compose.yaml as far as the supervisor understands it, and refuses the rest, so that the file cannot rot."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml

TOP_KEYS: Final = frozenset({"name", "services", "volumes", "secrets"})
CONTAINER_KEYS: Final = frozenset({
    *("image", "build", "user", "read_only", "tmpfs", "cap_drop", "security_opt", "init", "mem_limit", "shm_size"),
    *("volumes", "secrets", "ports", "profiles"),
})  # fmt: skip
"""What only a container engine needs; known, and without meaning for a process on the loopback."""
PROCESS_KEYS: Final = frozenset({
    *("command", "environment", "depends_on", "healthcheck", "restart", "stop_grace_period", "x-embedded"),
})  # fmt: skip
HEALTH_KEYS: Final = frozenset({"test", "interval", "timeout", "retries", "start_period", "start_interval"})
CONDITIONS: Final = frozenset({"service_started", "service_healthy", "service_completed_successfully"})
RESTARTS: Final = frozenset({"no", "on-failure", "always", "unless-stopped"})
REPLACEMENTS: Final = frozenset({"kafka", "postgres", "skip"})

_VARIABLE: Final = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>[A-Z][A-Z0-9_]*)(?::-(?P<default>[^}]*))?\}|(?P<bad>))")
_SPAN: Final = re.compile(r"(\d+)(ms|s|m|h)")
_SPAN_UNITS: Final = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours"}


class ComposeError(ValueError):
    """compose.yaml says something that the supervisor does not understand; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """A command that ends with 0 when the service is ready."""

    command: tuple[str, ...]
    start_period: timedelta
    start_interval: timedelta
    timeout: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service as the supervisor sees it."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    depends_on: Mapping[str, str]
    """Service name to condition."""
    health: HealthCheck | None
    restart: str
    stop_grace: timedelta
    embedded: str | None
    """`kafka` or `postgres`: the embedded server stands in; `skip`: left out; None: run the command."""

    @property
    def is_set_up_first(self) -> bool:
        """Whether this is a server or a step that runs once, to be done before any service starts."""
        return bool(self.embedded) or self.restart == "no"


def read_compose(path: Path, values: Mapping[str, str]) -> dict[str, Service]:
    """Return the services of the file by name, with `${NAME:-default}` filled in from `values`.

    Raises:
        ComposeError: a key, condition or variable it does not know.
    """
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    _refuse_unknown([key for key in document if not key.startswith("x-")], TOP_KEYS, path.name)
    return {name: _service(name, body, values) for name, body in document["services"].items()}


def variables(path: Path) -> dict[str, str]:
    """Return every `${NAME:-default}` of the file with its default."""
    return {each["name"]: each["default"] for each in _VARIABLE.finditer(path.read_text("utf-8")) if each["name"]}


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Fill in `${NAME}` and `${NAME:-default}`; `$$` is a dollar.

    Raises:
        ComposeError: a variable without value and default, or any other use of `$`.
    """

    def value(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        if not found["name"]:
            raise ComposeError(f"not understood, only ${{NAME:-default}} is: {text}")
        if (given := values.get(found["name"]) or found["default"]) is None:
            raise ComposeError(f"{found['name']} has no value and no default: {text}")
        return given

    return _VARIABLE.sub(value, text)


def _service(name: str, body: dict[str, Any], values: Mapping[str, str]) -> Service:
    where = f"service {name}"
    _refuse_unknown(body, CONTAINER_KEYS | PROCESS_KEYS, where)

    def words(key: str, source: Mapping[str, Any] = body) -> tuple[str, ...]:
        return tuple(interpolate(str(word), values) for word in _list(source.get(key, []), f"{where}: {key}"))

    return Service(
        name=name,
        command=words("command"),
        environment={key: interpolate(str(text), values) for key, text in body.get("environment", {}).items()},
        depends_on={
            on: _known(rule["condition"], CONDITIONS, where) for on, rule in body.get("depends_on", {}).items()
        },
        health=_health(body["healthcheck"], words, where) if "healthcheck" in body else None,
        restart=_known(body.get("restart", "no"), RESTARTS, where),
        stop_grace=_span(body.get("stop_grace_period", "10s"), where),
        embedded=_known(body["x-embedded"], REPLACEMENTS, where) if "x-embedded" in body else None,
    )


def _health(body: dict[str, Any], words: Callable[..., tuple[str, ...]], where: str) -> HealthCheck:
    _refuse_unknown(body, HEALTH_KEYS, f"{where}: healthcheck")
    kind, *command = words("test", body)
    if kind != "CMD":
        raise ComposeError(f"{where}: a health check is a list that begins with CMD, not {kind}")
    return HealthCheck(
        command=tuple(command),
        start_period=_span(body.get("start_period", "0s"), where),
        start_interval=_span(body.get("start_interval", "5s"), where),
        timeout=_span(body.get("timeout", "30s"), where),
    )


def _refuse_unknown(body: Iterable[str], known: frozenset[str], where: str) -> None:
    unknown = [key for key in body if key not in known]
    if unknown:
        raise ComposeError(f"{where}: the embedded supervisor does not know {', '.join(sorted(unknown))}")


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise ComposeError(f"{where} must be a list of words, so that no shell has to split it")
    return value


def _known(value: str, choices: frozenset[str], where: str) -> str:
    if value not in choices:
        raise ComposeError(f"{where}: {value!r} is not one of {', '.join(sorted(choices))}")
    return value


def _span(text: str, where: str) -> timedelta:
    parts = _SPAN.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ComposeError(f"{where}: {text!r} is not a span such as 1m30s")
    return timedelta(**{_SPAN_UNITS[unit]: int(number) for number, unit in parts})
