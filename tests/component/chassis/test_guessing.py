"""Who guesses tokens waits; who holds one does not."""

from typing import Any

from prometheus_client import CollectorRegistry
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.chassis.web.guessing import GuessLimit, guesses_counted

GOOD = b"Bearer wst_goodgood_" + b"a" * 52


async def door(scope: Scope, receive: Receive, send: Send) -> None:
    """Open for one token only."""
    good = dict(scope["headers"]).get(b"authorization") == GOOD
    await Response(status_code=200 if good else 401)(scope, receive, send)


class Asking:
    """Asks through the limit, at whatever second the test says."""

    def __init__(self) -> None:
        self.second = 0.0
        self.registry = CollectorRegistry()
        self.limit = GuessLimit(app=door, refused=guesses_counted(self.registry, "desk"), seconds=lambda: self.second)

    async def status(self, token: bytes, address: str = "10.0.0.1") -> tuple[int, str]:
        told: list[Any] = []

        async def send(message: Any) -> None:
            told.append(message)

        scope = {"type": "http", "client": (address, 1), "headers": [(b"authorization", token)]}
        await self.limit(scope, receive=None, send=send)  # type: ignore[arg-type]  # nothing is read
        headers = dict(told[0]["headers"])
        return told[0]["status"], headers.get(b"retry-after", b"").decode()


async def test_ten_refused_tries_with_one_token_and_then_it_waits() -> None:
    asking = Asking()

    tries = [await asking.status(b"Bearer wst_badbadba_x") for _ in range(11)]

    assert [status for status, _ in tries] == [401] * 10 + [429]
    assert int(tries[-1][1]) > 0
    assert asking.registry.get_sample_value("whistle_desk_guesses_refused_total") == 1


async def test_who_tries_many_tokens_waits_as_well_and_others_do_not() -> None:
    asking = Asking()

    tries = [await asking.status(b"Bearer wst_%08d_x" % number) for number in range(101)]

    assert tries[-1][0] == 429
    assert (await asking.status(GOOD, "10.0.0.2"))[0] == 200
    asking.second = 60
    assert (await asking.status(GOOD))[0] == 200


async def test_a_good_token_is_never_slowed_down() -> None:
    asking = Asking()

    assert {(await asking.status(GOOD))[0] for _ in range(500)} == {200}
