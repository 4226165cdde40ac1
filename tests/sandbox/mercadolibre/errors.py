"""Error answers; their keys differ from resource to resource, as in the real API."""

from __future__ import annotations

import zlib
from typing import Any

from ..http import Response, json_response
from ..jsontools import encode

_SERVER_ERRORS = {
    500: "internal_server_error",
    502: "bad_gateway",
    503: "service_not_available",
    504: "gateway_timeout",
}


def error(
    status: int, name: str, message: str | None = None, *, code: str | None = None
) -> Response:
    """``{message, error, status, cause}``, or the variant with a ``code``."""
    body: dict[str, Any] = {"message": message or name, "error": name, "status": status}
    if code:
        body["code"] = code
    else:
        body["cause"] = []
    return json_response(body, status)


def unauthorized(reason: str, path: str) -> Response:
    """A 401; its body depends on the path (``reason``: absent, unknown, expired)."""
    bodies: list[dict[str, Any]] = [
        {"message": "invalid_token", "error": "not_found", "status": 401, "cause": []},
        {"code": "unauthorized", "message": "invalid access token"},
    ]
    if reason == "absent":
        bodies = [
            {"code": "unauthorized", "message": "authorization value not present"}
        ]
    elif reason == "expired":
        bodies.append(
            {
                "message": "expired_token",
                "error": "unauthorized",
                "status": 401,
                "cause": [],
            }
        )
    section = path.split("/")[1]
    return json_response(bodies[zlib.crc32(section.encode()) % len(bodies)], 401)


def fault_body(status: int, variant: str) -> bytes:
    """Body of the errors made up by fault rules."""
    if variant == "text":
        return b"local_rate_limited"
    if status == 429:
        name = "local_rate_limited" if variant == "local" else "too_many_requests"
        text = "local_rate_limited" if variant == "local" else "Too Many Requests"
        body = {"message": text, "error": name, "status": 429}
        return encode(body if variant == "local" else {**body, "cause": []})
    name = _SERVER_ERRORS.get(status, "internal_server_error")
    return encode({"message": name, "error": name, "status": status, "cause": []})
