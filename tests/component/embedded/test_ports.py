"""Free ports: whoever asks in the same moment in another process is given others."""

import socket
import subprocess
import sys
from typing import Final

from deploy.embedded.ports import LOOPBACK, SHARE, free_ports
from deploy.embedded.state import PROJECT

ASK: Final = "from deploy.embedded.ports import free_ports; print(*free_ports(300))"


def test_no_other_process_is_given_the_same_ports() -> None:
    mine = free_ports(300)

    told = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True, cwd=PROJECT)

    theirs = [int(word) for word in told.stdout.split()]
    assert len({*mine, *theirs}) == 600


def test_a_port_that_somebody_listens_at_is_passed_over() -> None:
    (port,) = free_ports(1)
    with socket.socket() as taken:
        taken.bind((LOOPBACK, port))
        taken.listen()

        assert port not in free_ports(SHARE)
