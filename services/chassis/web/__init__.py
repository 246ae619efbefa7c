"""The HTTP edge: problems, limits, headers, strict JSON, acts that can be repeated, cursors."""

from services.chassis.web.acts import (
    IdempotencyKey,
    Revision,
    etag_of,
    parse_idempotency_key,
    parse_revision,
)
from services.chassis.web.bodies import Body, body_of, decode_strict, json_body
from services.chassis.web.cursors import Cursors
from services.chassis.web.edge import BodyLimits, Edge, HttpMetrics
from services.chassis.web.handlers import install_problems, new_app, problem_of, respond
from services.chassis.web.headers import SECURITY_HEADERS
from services.chassis.web.problems import (
    Problem,
    invalid,
    of_status,
    request_id,
    send_problem,
    unavailable,
)

__all__ = [
    "SECURITY_HEADERS",
    "Body",
    "BodyLimits",
    "Cursors",
    "Edge",
    "HttpMetrics",
    "IdempotencyKey",
    "Problem",
    "Revision",
    "body_of",
    "decode_strict",
    "etag_of",
    "install_problems",
    "invalid",
    "json_body",
    "new_app",
    "of_status",
    "parse_idempotency_key",
    "parse_revision",
    "problem_of",
    "request_id",
    "respond",
    "send_problem",
    "unavailable",
]
