"""Intake without logic: a raw body, a sealed contact, group commit; 201 after the commit."""

import asyncio
import hashlib
import os
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec
import uvicorn
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uuid_utils.compat import uuid7

from tests.benchmarks.bare_route.wire import Received, encode

ROWS_MAX: Final = 256
WAIT_SECONDS: Final = 0.002
IN_FLIGHT_MAX: Final = 2
MASTER: Final = AESGCM(os.urandom(32))

ACCEPT: Final = """
    with given as (
        select * from unnest($2::uuid[], $3::bytea[], $4::uuid[], $5::bytea[])
            as g (report_id, body, client_key, fingerprint)
    ), claimed as (
        insert into keys select client_key, fingerprint, report_id from given order by client_key
        on conflict do nothing returning made_id
    ), accepted as (
        insert into reports select report_id, $1, body from given where report_id in (select made_id from claimed)
        returning report_id
    ), announced as (
        insert into pending_reports (report_id) select report_id from accepted
    )
    insert into contacts
    select report_id, wrapped_key, sealed from unnest($6::uuid[], $7::bytea[], $8::bytea[])
        as c (report_id, wrapped_key, sealed) join accepted using (report_id)
"""


class Form(msgspec.Struct):
    contact: msgspec.Raw = msgspec.Raw()


class Intake:
    """Coalesces concurrent requests into one transaction, two of them under way."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._waiting: list[tuple[Any, ...]] = []
        self._in_flight = 0
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._form = msgspec.json.Decoder(Form)

    async def report(self, request: Request) -> Response:
        """Take a report in."""
        body = (await request.receive())["body"]
        key = UUID(bytes=hashlib.sha256(request.headers["idempotency-key"].encode()).digest()[:16])
        fingerprint = hashlib.sha256(body).digest()[:16]
        report_id, contact = uuid7(), self._form.decode(body).contact
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((done, report_id, body, key, fingerprint, contact and _sealed(report_id, contact)))
        if len(self._waiting) >= ROWS_MAX:
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WAIT_SECONDS, self._on_time)
        accepted_at = await done
        return Response(encode({"report_id": report_id, "accepted_at": accepted_at}), 201, None, "application/json")

    def _on_time(self) -> None:
        self._timer = None
        self._flush()

    def _flush(self) -> None:
        while self._waiting and self._in_flight < IN_FLIGHT_MAX:
            batch, self._waiting = self._waiting[:ROWS_MAX], self._waiting[ROWS_MAX:]
            self._in_flight += 1
            task = asyncio.get_running_loop().create_task(self._write(batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _write(self, batch: list[tuple[Any, ...]]) -> None:
        now = await self._pool.fetchval("select clock_timestamp()")
        done, ids, bodies, keys, fingerprints, sealed = zip(*batch, strict=True)
        events = [encode(Received(one, now, msgspec.Raw(body))) for one, body in zip(ids, bodies, strict=True)]
        contacts = [(one, *parts) for one, parts in zip(ids, sealed, strict=True) if parts]
        columns = zip(*contacts, strict=True) if contacts else ((), (), ())
        await self._pool.execute(ACCEPT, now, ids, events, keys, fingerprints, *columns)
        for one in done:
            if not one.done():
                one.set_result(now)
        self._in_flight -= 1
        self._flush()


def _sealed(report_id: UUID, contact: bytes) -> tuple[bytes, bytes]:
    own, nonce = AESGCM.generate_key(256), os.urandom(12)
    wrapped = MASTER.encrypt(nonce, own, report_id.bytes)
    return nonce + wrapped, AESGCM(own).encrypt(b"\0" * 12, bytes(contact), report_id.bytes)


async def run(dsn: str, _: str, port: int) -> None:
    """Serve until killed."""
    pool = await asyncpg.create_pool(dsn, min_size=2, max_size=4)
    app = FastAPI(routes=[Route("/api/v1/reports", Intake(pool).report, methods=["POST"])], openapi_url=None)
    config = uvicorn.Config(app, port=port, http="httptools", ws="none", log_config=None, access_log=False)
    await uvicorn.Server(config).serve()
