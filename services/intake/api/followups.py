"""What a reporter does later: look, add, withdraw, rate; and send pictures."""

from dataclasses import dataclass
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.web.problems import Problem
from services.intake.api.doorkeeper import Doorkeeper
from services.intake.api.reading import body_of, claim_in, form_in
from services.intake.domain.form import FollowUpForm, PhoneTail
from services.intake.handlers.attaching import AttachPictures
from services.intake.handlers.following_up import FollowUpReports, NothingNew
from services.intake.handlers.tracking import NoSuchReportError, Tracked, TrackReports

PICTURE_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/octet-stream"})
_ENCODE: Final = msgspec.json.Encoder().encode
_JSON: Final = "application/json"
_UNSTORED: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackDoor:
    """Shows a report to its reporter, and takes what they add."""

    track: TrackReports
    followup: FollowUpReports
    doorkeeper: Doorkeeper

    async def show(self, request: Request) -> Response:
        """Answer a tracking code with the public state of the case; `accepted` before the ledger knows it."""
        address = self._enter(request)
        try:
            tracked = await self.track.by_code(request.path_params["code"])
        except NoSuchReportError:
            self.doorkeeper.missed(address)
            raise
        return _shown(tracked)

    async def find(self, request: Request) -> Response:
        """Answer a number and the phone's last four digits likewise; in the body, so that no log line holds them."""
        address = self._enter(request)
        self.doorkeeper.pace(self.doorkeeper.tails, address)
        asked = form_in(await body_of(request), PhoneTail)
        try:
            tracked = await self.track.by_tail(asked.number, asked.phone_tail)
        except NoSuchReportError:
            self.doorkeeper.missed(address)
            raise
        return _shown(tracked)

    async def add(self, request: Request) -> Response:
        """Take facts, a photo, the withdrawal or a rating from who holds the tracking code.

        Facts that were said before are answered with 200 and how far it is; nothing is written.
        """
        address = self._enter(request)
        code = request.path_params["code"]
        body = await body_of(request)
        form = form_in(body, FollowUpForm)
        claim = claim_in(request.scope, f"address/{address}", body, code.encode())
        try:
            receipt, replayed = await self.followup.one(code, form, claim)
        except NoSuchReportError:
            self.doorkeeper.missed(address)
            raise
        if isinstance(receipt, NothingNew):
            return Response(_ENCODE(receipt), 200, _UNSTORED, _JSON)
        headers = {"Idempotency-Replayed": "true"} if replayed else {}
        return Response(_ENCODE(receipt), 201, headers, _JSON)

    def _enter(self, request: Request) -> str:
        address = self.doorkeeper.address_of(request.scope)
        self.doorkeeper.not_guessing(address)
        self.doorkeeper.pace(self.doorkeeper.lookups, address)
        return address


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureDoor:
    """Takes pictures: the request's body is the file."""

    attach: AttachPictures
    doorkeeper: Doorkeeper

    async def add(self, request: Request) -> Response:
        """Keep a picture; its id can be named in a report or follow-up for an hour."""
        caller = await self.doorkeeper.caller(request.scope)
        self.doorkeeper.pace(self.doorkeeper.pictures, caller.scope)
        declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if declared not in PICTURE_TYPES:
            raise Problem("media-type", "Send the picture itself as the body", 415, "JPEG, PNG, WebP or GIF.")
        receipt = await self.attach.one(await body_of(request))
        return Response(_ENCODE(receipt), 201, media_type=_JSON)


def _shown(tracked: Tracked) -> Response:
    return Response(_ENCODE(tracked), 200, _UNSTORED, _JSON)
