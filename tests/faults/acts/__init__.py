"""What can be broken, by the name that schedules use; each act heals when its block is left."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from tests.faults.acts import database, inside, listening, messages, network, processes
from tests.faults.ground import Ground
from tests.faults.schedule import Fault

Act = Callable[[Ground, Fault], AbstractAsyncContextManager[None]]

ACTS: Final[dict[str, Act]] = {
    "kill": processes.kill,
    "pause": processes.pause,
    "stop": processes.stop,
    "roll": processes.roll,
    "forget": processes.forget,
    "another": processes.another,
    "silence": network.silence,
    "resets": network.resets,
    "slow": network.slow,
    "lost replies": network.lost_replies,
    "cut off": network.cut_off,
    "half-close": network.half_close,
    "jump": database.jump,
    "terminate": database.terminate,
    "no connections": database.no_connections,
    "lock": database.lock,
    "disk full": database.disk_full,
    "order": inside.order,
    "few files": inside.few_files,
    "full log": inside.full_log,
    "receivers": listening.receivers,
    "watchers": listening.watchers,
    "leap": inside.leap,
    "poison": messages.poison,
    "no topic": messages.no_topic,
    "operator": messages.operator,
}
