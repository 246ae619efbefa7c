"""In which order services can start: dependencies known, satisfiable and without a circle."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from deploy.embedded.compose import ComposeError, Service


def services_to_run(services: Mapping[str, Service]) -> dict[str, Service]:
    """Return the services that the supervisor starts, dependencies first; those marked `skip` are left out.

    Raises:
        ComposeError: a dependency that does not exist or is skipped, that can never be met, or a circle.
    """
    wanted = {name: service for name, service in services.items() if service.embedded != "skip"}
    for service in wanted.values():
        _require_satisfiable(service, wanted)
    try:
        order = TopologicalSorter({name: service.depends_on for name, service in wanted.items()}).static_order()
        return {name: wanted[name] for name in order}
    except CycleError as circle:
        raise ComposeError(f"services wait for each other: {' -> '.join(circle.args[1])}") from circle


def needed_by(names: Iterable[str], services: Mapping[str, Service]) -> dict[str, Service]:
    """Return `names` with everything they depend on, for a part of the system."""
    needed: dict[str, Service] = {}
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in needed:
            needed[name] = services[name]
            queue.extend(services[name].depends_on)
    return {name: service for name, service in services.items() if name in needed}


def _require_satisfiable(service: Service, wanted: Mapping[str, Service]) -> None:
    for name, condition in service.depends_on.items():
        if name not in wanted:
            raise ComposeError(f"service {service.name} depends on {name}, which is not started here")
        other = wanted[name]
        if condition == "service_healthy" and not (other.health or other.embedded):
            raise ComposeError(f"service {service.name} waits for {name} to be healthy, but it has no health check")
        if condition == "service_completed_successfully" and other.restart in {"always", "unless-stopped"}:
            raise ComposeError(f"service {service.name} waits for {name} to complete, but it is always restarted")
