"""Drafts examined beside the event loop: one at a time, the last few kept."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from services.reference.deciding.compile import CompiledReference
from services.reference.model.version import ReferenceVersion
from services.reference.versions.examining import Examined, examine

KEPT_MAX: Final = 4
"""Drafts kept examined; one of a large district takes some 15 MiB."""
SECONDS_MAX: Final = 30.0


@dataclass(slots=True)
class Examining:
    """Examines drafts one at a time, beside the event loop, and keeps the last few."""

    kept: OrderedDict[tuple[int, int], Examined] = field(default_factory=OrderedDict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, draft_id: int, active: CompiledReference, content: ReferenceVersion) -> Examined:
        """Return a draft examined against the version in force. Raises TimeoutError."""
        key = (draft_id, active.number)
        async with asyncio.timeout(SECONDS_MAX), self.lock:
            if key not in self.kept:
                self.kept[key] = await asyncio.to_thread(examine, active.version, content)
                while len(self.kept) > KEPT_MAX:
                    self.kept.popitem(last=False)
            self.kept.move_to_end(key)
            return self.kept[key]
