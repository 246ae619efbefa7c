"""A small service of its own process: answers that are in hand at its end, and work that fails when it is told to."""

import asyncio

from pydantic_settings import SettingsConfigDict

from services.chassis.running import Process, run_service
from services.chassis.settings import ServiceSettings
from services.chassis.shell import Shell
from services.chassis.web.handlers import new_app


class SmallSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="WHISTLE_SMALL_")

    fails: bool = False
    unready: bool = False


async def run(settings: SmallSettings, shell: Shell) -> None:
    app = new_app("small")

    begun = asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        begun.set()
        await shell.stopping.wait()
        await asyncio.sleep(1.0)
        return "done"

    @app.get("/never")
    async def never() -> None:
        begun.set()
        await asyncio.Event().wait()

    @app.get("/begun")
    async def has_begun() -> bool:
        return begun.is_set()

    async def work() -> None:
        await asyncio.sleep(0.3)
        if settings.fails:
            raise RuntimeError("a bug")
        await asyncio.Event().wait()

    async def why_not() -> str | None:
        return "asked to be unready" if settings.unready else None

    shell.health.add("asked", why_not)
    shell.start("work", work())
    await shell.serve(app)


if __name__ == "__main__":
    run_service("small", {"": Process(SmallSettings, run)})
