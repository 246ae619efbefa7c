"""What the supervisor knows of one service: which phase it is in, and what that means for those who wait for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from deploy.embedded.compose import Service


class Phase(StrEnum):
    WAITING = "waiting"
    STARTING = "starting"
    HEALTHY = "healthy"
    COMPLETED = "completed"
    RESTARTING = "restarting"
    STOPPED = "stopped"


@dataclass(slots=True)
class Watched:
    """What the supervisor knows of one service; read from other threads, written by the supervisor's."""

    service: Service
    phase: Phase = Phase.WAITING
    pid: int | None = None
    restarts: int = 0
    was_ever_healthy: bool = False
    last_answer: str = ""
    """What the health check said last; for the message of whoever gives up waiting."""
    is_wanted: bool = True
    changed: Callable[[], None] = field(default=lambda: None)

    def enter(self, phase: Phase) -> None:
        self.phase = phase
        self.was_ever_healthy |= phase is Phase.HEALTHY
        self.changed()

    @property
    def is_set_up(self) -> bool:
        """Say whether this no longer holds the services back: a server that is up, a step that is done, a service."""
        done = Phase.HEALTHY if self.service.embedded else Phase.COMPLETED
        return self.phase is done or not self.service.is_set_up_first

    def meets(self, condition: str) -> bool:
        """Say whether this service fulfils a dependency's condition now."""
        if condition == "service_completed_successfully":
            return self.phase is Phase.COMPLETED
        if condition == "service_healthy":
            return self.phase is Phase.HEALTHY
        return self.pid is not None
