"""What the demo prints at its end is true: every account logs in, every page opens for whoever it is for."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import httpx2
import pytest

from deploy.demo.accounts import DemoAccount, open_accounts
from deploy.demo.closing import PAGES
from tests.journeys.running_city import RunningCity

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

READERS: Final = {
    "/board": "center-operator",
    "/board?wall=1": "center-operator",
    "/queue": "clerk",
    "/subdistrict": "subdistrict-officer",
    "/counter": "clerk",
    "/rules": "rule-owner",
    "/bulletin": "clerk",
    "/proposals": "center-leader",
    "/rosters": "unit-head",
    "/feed": "center-leader",
}
"""Whom each printed page is for; the others are for everybody."""
PROOF: Final = re.compile(r'name="proof" value="([^"]*)"')


@asynccontextmanager
async def logged_in(desk: str, account: DemoAccount) -> AsyncIterator[httpx2.AsyncClient]:
    """Open the browser of somebody who has logged in with what was printed."""
    async with httpx2.AsyncClient(base_url=desk, timeout=60, trust_env=False) as browser:
        proof = PROOF.search((await browser.get("/login")).text)
        assert proof is not None
        form = {"login": account.login, "password": account.password, "proof": proof[1], "next": "/queue"}
        answer = await browser.post("/login", data=form)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/queue"), account.login
        yield browser


async def test_every_printed_account_logs_in_and_every_printed_page_opens(city: RunningCity) -> None:
    filed = await city.report("共享单车乱停放，堵了盲道", item="0705", **city.a_grid("sub-01"))
    accounts = await asyncio.to_thread(open_accounts, city.system)
    desk = city.system.url("desk")

    shown: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        browsers = {each.login: await stack.enter_async_context(logged_in(desk, each)) for each in accounts}
        for login, browser in browsers.items():
            assert (await browser.get("/queue")).status_code == 200, login
        for _, service, path in PAGES:
            browser = browsers[READERS.get(path, "clerk")]
            answer = await browser.get(city.system.url(service) + path, follow_redirects=True)
            assert answer.status_code == 200, path
            shown[path] = answer.text

    assert filed.receipt.number in shown["/subdistrict"]
    assert set(READERS) <= set(shown)
