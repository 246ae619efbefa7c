"""Where pictures' bytes lie, under their digest: a folder, or a bucket."""

from typing import Protocol

from obstore.store import LocalStore, from_url


class Objects(Protocol):
    """A folder or a bucket, as `obstore` gives it."""

    async def put_async(self, path: str, file: bytes) -> object: ...

    async def delete_async(self, paths: str) -> object: ...


def objects_at(place: str) -> LocalStore:
    """Open an absolute folder, made where missing, or `s3://bucket/prefix`."""
    opened: LocalStore = LocalStore(place, mkdir=True) if place.startswith("/") else from_url(place)  # type: ignore[assignment]
    return opened


def path_of(digest: bytes) -> str:
    """Return where a picture lies: spread over folders, so that none gets too many."""
    name = digest.hex()
    return f"{name[:2]}/{name[2:4]}/{name}.jpg"
