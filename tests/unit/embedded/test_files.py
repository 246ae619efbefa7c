"""Secrets are made once and privately, logs stay small, ports are free."""

import base64
import fcntl
import json
import re
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.embedded.children import Children
from deploy.embedded.kafka import new_cluster_id
from deploy.embedded.lock import FILE, held, holder
from deploy.embedded.log_files import rotate, tail
from deploy.embedded.ports import NotAPortError, PortTakenError, free_ports, is_listening, port_number, require_free
from deploy.embedded.secret_files import declared_secrets, make_secrets, read_secret
from deploy.embedded.state import COMPOSE


def test_secrets_are_made_once_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(folder, ["router_password", "vault_keys"])
    password = read_secret(folder, "router_password")

    make_secrets(folder, ["router_password", "notify_password"])

    assert read_secret(folder, "router_password") == password != read_secret(folder, "notify_password")
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_key_file_names_its_current_key(tmp_path: Path) -> None:
    make_secrets(tmp_path, ["vault_keys"])
    keys = json.loads(read_secret(tmp_path, "vault_keys"))

    assert len(base64.b64decode(keys["keys"][keys["current"]])) == 32


def test_a_secret_of_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a secret is named"):
        make_secrets(tmp_path, ["router"])


def test_the_secrets_of_the_compose_file_are_found_without_a_yaml_library() -> None:
    assert {"postgres_password", "router_password", "vault_keys"} <= set(declared_secrets(COMPOSE))


def test_a_full_log_is_set_aside_and_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "router.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 10)
        rotate(tmp_path, bytes_max=20)
        writer.write(b"new\n")

    assert log.read_bytes() == b"new\n"
    assert (tmp_path / "router.log.1").read_bytes() == b"old\n" * 10


def test_the_end_of_a_log_is_short_and_a_missing_one_empty(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("1\n2\n3\n", encoding="utf-8")

    assert tail(tmp_path / "a.log", lines=2) == "2\n3"
    assert tail(tmp_path / "b.log") == ""


def test_a_taken_port_is_named_with_its_variable() -> None:
    taken, free = free_ports(2)
    with socket.socket() as other:
        # As servers do: connections of an earlier run may still linger at this port.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", taken))
        other.listen()

        assert is_listening(taken)
        with pytest.raises(PortTakenError, match=f"^port {taken} is taken; choose another with WHISTLE_DESK_PORT$"):
            require_free({"WHISTLE_DESK_PORT": taken, "WHISTLE_BOARD_PORT": free})


def test_a_cluster_id_is_never_taken_for_an_option() -> None:
    ids = [new_cluster_id() for _ in range(2000)]

    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{21}", each) for each in ids)


@pytest.mark.parametrize("text", ["", "desk", "0", "65536", "-1"])
def test_a_port_variable_that_holds_no_port_is_a_clear_error(text: str) -> None:
    with pytest.raises(NotAPortError, match=r"^WHISTLE_DESK_PORT must be a port number"):
        port_number("WHISTLE_DESK_PORT", text)


def test_a_lock_names_its_holder_and_is_free_afterwards(tmp_path: Path) -> None:
    with held(tmp_path):
        assert holder(tmp_path)

    assert holder(tmp_path) is None


def test_somebody_who_only_looks_who_holds_a_lock_keeps_nobody_from_taking_it(tmp_path: Path) -> None:
    def take() -> None:
        with held(tmp_path):
            pass

    with (tmp_path / FILE).open("a", encoding="ascii") as looking, ThreadPoolExecutor(1) as aside:
        fcntl.flock(looking, fcntl.LOCK_SH)
        taking = aside.submit(take)
        with pytest.raises(TimeoutError):
            taking.result(0.1)
        fcntl.flock(looking, fcntl.LOCK_UN)

        taking.result(60)


def test_a_pid_that_belongs_to_somebody_else_by_now_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "children.json").write_text(json.dumps({"kafka": [1, "some other start"]}), encoding="utf-8")

    assert Children(tmp_path, tmp_path).end_leftovers() == []
