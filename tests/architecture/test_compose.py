"""compose.yaml is fit for a container engine that this machine may not have, and one with what the code expects."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import yaml

from deploy.embedded.compose import interpolate, read_compose, variables
from deploy.embedded.plan import services_to_run
from deploy.embedded.postgres import ROLES, login_roles
from deploy.embedded.state import COMPOSE, PROJECT

DOCUMENT: Final[dict[str, Any]] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
SERVICES: Final[dict[str, Any]] = DOCUMENT["services"]
OURS: Final = {name: body for name, body in SERVICES.items() if "x-embedded" not in body}
WRITES_ITS_OWN_FILES: Final = {"kafka"}
"""The image renders its configuration into its own file system when it starts."""
SECRET_NAME: Final = re.compile(r"PASSWORD|SECRET|TOKEN|KEY(?!_ID)")
"""The id of a key says which one it is and opens nothing."""

each_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize("name", OURS)


def test_the_embedded_supervisor_understands_every_word() -> None:
    order = list(services_to_run(read_compose(COMPOSE, {})))

    assert order.index("migrate") < order.index("intake-api")


@each_service
def test_images_are_pinned_by_a_version(name: str) -> None:
    image = SERVICES[name]["image"]

    assert re.fullmatch(r"[a-z0-9/._-]+:v?\d+(\.\d+)+", image), image


@each_service
def test_nothing_runs_as_root_or_gains_privileges(name: str) -> None:
    body = SERVICES[name]

    assert body.get("user", "set by the image" if name == "kafka" else "root") not in {"root", "0", "0:0"}
    assert body["cap_drop"] == ["ALL"]
    assert body["security_opt"] == ["no-new-privileges:true"]
    assert body.get("privileged") is None


@each_service
def test_file_systems_are_read_only_and_memory_has_a_limit(name: str) -> None:
    assert SERVICES[name].get("read_only", False) is (name not in WRITES_ITS_OWN_FILES)
    assert SERVICES[name]["mem_limit"]


@each_service
def test_whatever_keeps_running_has_a_health_check(name: str) -> None:
    body = SERVICES[name]

    assert ("healthcheck" in body) is (body["restart"] != "no")


@each_service
def test_no_secret_stands_in_the_environment(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if SECRET_NAME.search(variable):
            assert variable.endswith("_FILE"), f"{variable} must come from a file"
        assert not (urlsplit(str(value)).password), f"{variable} holds a password"


@each_service
def test_a_service_reads_the_secrets_it_declares_and_no_others(name: str) -> None:
    body = SERVICES[name]
    declared = set(body.get("secrets", []))
    paths = {interpolate(str(value), {}) for key, value in body.get("environment", {}).items() if key.endswith("_FILE")}
    read = {path.removeprefix("/run/secrets/") for path in paths}

    # PostgreSQL's own start script reads every role's password from the folder.
    assert read <= declared if name == "postgres" else read == declared
    assert declared <= set(DOCUMENT["secrets"])


@each_service
def test_ports_are_published_on_the_loopback_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("127.0.0.1:")


@each_of_ours
def test_each_process_has_settings_of_its_own_prefix_only(name: str) -> None:
    prefix = "WHISTLE_CLI_" if name in {"migrate", "topics"} else f"WHISTLE_{name.upper().replace('-', '_')}_"

    assert all(variable.startswith(prefix) for variable in OURS[name]["environment"])


def test_no_two_processes_share_a_port_or_a_role() -> None:
    ports = [default for variable, default in variables(COMPOSE).items() if variable.endswith("_PORT")]
    roles = sorted(role for name in OURS if (role := role_of(name)) not in {"migrator", "ledger_writer"})

    assert len(ports) == len(set(ports))
    assert len(roles) == len(set(roles))


def test_every_role_of_a_dsn_is_made_and_has_a_password() -> None:
    made = set(re.findall(r"'([a-z_]+)'", ROLES.read_text(encoding="utf-8")))
    used = {role_of(name) for name in OURS}

    assert used | {"operator"} == set(login_roles())
    assert used <= made


def test_the_container_image_is_pinned_and_runs_as_a_user() -> None:
    dockerfile = (PROJECT / "deploy" / "docker" / "Dockerfile").read_text(encoding="utf-8")

    for image in re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE):
        assert re.search(r":\d+\.\d+", image), image
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE) == ["whistle"]
    assert "--require-hashes" in dockerfile


def role_of(name: str) -> str:
    (dsn,) = (value for key, value in OURS[name]["environment"].items() if key.endswith("_POSTGRES_DSN"))
    return urlsplit(interpolate(dsn, {})).username or ""
