"""`whistle sensor`: devices that report by signed webhooks."""

from typing import Annotated, Final

import asyncpg
import typer

from services.chassis.sealing import Keys, keys_in
from services.intake.domain.sensors import secret_of, shown
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError, UsageError
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, table

app = typer.Typer(help="Devices that report by signed webhooks.", no_args_is_help=True)

ADD: Final = """
    insert into intake.sensors (sensor_id, name, item, longitude, latitude, key_id) values ($1, $2, $3, $4, $5, $6)
"""
LIST: Final = """
    select sensor_id, name, item, longitude, latitude, added_at, disabled_at from intake.sensors order by sensor_id
"""
COLUMNS: Final = ("sensor_id", "name", "item", "longitude", "latitude", "added_at", "disabled_at")
RENEW: Final = """
    update intake.sensors set generation = generation + 1, key_id = $2 where sensor_id = $1 and disabled_at is null
    returning generation
"""
DISABLE: Final = """
    update intake.sensors set disabled_at = clock_timestamp() where sensor_id = $1 and disabled_at is null
    returning sensor_id
"""
SensorId = Annotated[str, typer.Argument(help="Small letters, digits and hyphens.")]


@app.command()
def add(
    sensor: SensorId,
    *,
    name: Annotated[str, typer.Option(help="What it says when it says nothing else.")],
    item: Annotated[str, typer.Option(help="Catalogue code of what it notices.")],
    longitude: Annotated[float, typer.Option(min=-180, max=180, help="WGS-84, degrees.")],
    latitude: Annotated[float, typer.Option(min=-90, max=90)],
    as_json: AsJson = False,
) -> None:
    """Add a device. The secret it signs with is shown this once."""
    answer(_add(sensor, (name, item, longitude, latitude)), as_json=as_json)


@app.command("ls")
def list_sensors(*, as_json: AsJson = False) -> None:
    """List devices, disabled ones too."""
    answer(_list(), as_json=as_json)


@app.command()
def renew(sensor: SensorId, *, as_json: AsJson = False) -> None:
    """Give a device another secret; the one before opens nothing any more."""
    answer(_renew(sensor), as_json=as_json)


@app.command()
def disable(sensor: SensorId, *, as_json: AsJson = False) -> None:
    """Take nothing from a device any more."""
    answer(_disable(sensor), as_json=as_json)


async def _add(sensor: str, facts: tuple[str, str, float, float]) -> Answer:
    keys = _keys()
    async with as_operator() as connection, connection.transaction():
        try:
            await connection.execute(ADD, sensor, *facts, keys.current_id)
        except asyncpg.UniqueViolationError:
            raise RefusedError(f"there is a sensor {sensor} already") from None
        await note(connection, "sensor added", sensor, {"item": facts[1]})
    return _told(sensor, keys, 1)


async def _renew(sensor: str) -> Answer:
    keys = _keys()
    async with as_operator() as connection, connection.transaction():
        generation = await connection.fetchval(RENEW, sensor, keys.current_id)
        if generation is None:
            raise RefusedError(f"no sensor {sensor}")
        await note(connection, "sensor renewed", sensor, {"generation": generation})
    return _told(sensor, keys, generation)


async def _list() -> Answer:
    async with as_operator() as connection:
        rows = await connection.fetch(LIST)
    return Answer([dict(row) for row in rows], [table(COLUMNS, rows)] if rows else ["no sensors"])


async def _disable(sensor: str) -> Answer:
    async with as_operator() as connection, connection.transaction():
        if await connection.fetchval(DISABLE, sensor) is None:
            raise RefusedError(f"no sensor {sensor}")
        await note(connection, "sensor disabled", sensor, {})
    return Answer({"sensor": sensor, "disabled": True}, [f"{sensor} is disabled"])


def _told(sensor: str, keys: Keys, generation: int) -> Answer:
    secret = shown(secret_of(keys.current.marking, sensor, generation))
    path = f"/api/v1/sensors/{sensor}"
    return Answer({"sensor": sensor, "path": path, "secret": secret}, [f"POST {path}", f"secret {secret}"])


def _keys() -> Keys:
    content = CliSettings.read().vault_keys
    if content is None:
        raise UsageError("WHISTLE_CLI_VAULT_KEYS_FILE is not set; a sensor's secret is derived from it")
    return keys_in(content.get_secret_value().encode())
