"""Records the broker's classes once, so that each later start costs less: `python -m deploy.embedded.class_archive`.

Measured with Kafka 4.1 on two cores: 7.5 s of CPU until it answers without, 5.1 s with it.
"""

import shutil
import tempfile
from pathlib import Path

from deploy.embedded.children import Children
from deploy.embedded.kafka import ARCHIVE, JVM, Kafka
from deploy.embedded.ports import free_ports
from deploy.embedded.state import STATE, State


def record_classes() -> None:
    """Run a broker of its own for a moment and keep what it loaded beside the jars it belongs to."""
    ARCHIVE.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=STATE) as folder:
        state = State(Path(folder))
        fresh = state.folder / ARCHIVE.name
        port, controller_port = free_ports(2)
        recording = (*JVM, f"-XX:ArchiveClassesAtExit={fresh}", "-Xlog:disable")
        children = Children(state.folder, state.logs)
        broker = Kafka(
            state=state,
            port=port,
            controller_port=controller_port,
            children=children,
            options=recording,
            stop_seconds=120,
        )
        with broker:
            pass  # its end writes the archive
        shutil.move(fresh, ARCHIVE)


if __name__ == "__main__":
    record_classes()
