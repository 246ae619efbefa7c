"""An application on a free port of this machine, for a browser to open: no process, no database of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from services.chassis.server import listen, server_for


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve `app` in this loop and give its address."""
    with listen("127.0.0.1", 0) as door:
        door.listen()  # whoever comes before the server has started waits in line
        server = server_for(app, drain_seconds=1, lifespan=False)
        serving = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.stop(force=True)
            await serving
