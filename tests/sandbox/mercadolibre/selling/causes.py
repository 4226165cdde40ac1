"""Refusals of items: the body of a validation error and its causes.

Source: MercadoLibre developers, Validations, Validator.
"""

from __future__ import annotations

from typing import Any

from ...http import HttpError, json_response
from ..errors import error

Record = dict[str, Any]


class Findings:
    """What is wrong (errors) or noteworthy (warnings) with the body of an item."""

    def __init__(self) -> None:
        self.causes: list[Record] = []

    def add(
        self,
        cause_id: int,
        code: str,
        message: str,
        *references: str,
        kind: str = "error",
        department: str = "items",
    ) -> None:
        """Add a cause."""
        self.causes.append(
            {
                "department": department,
                "cause_id": cause_id,
                "type": kind,
                "code": code,
                "references": list(references),
                "message": message,
            }
        )

    def warn(self, cause_id: int, code: str, message: str, *references: str) -> None:
        """Add a warning, which refuses nothing."""
        self.add(cause_id, code, message, *references, kind="warning")

    @property
    def warnings(self) -> list[Record]:
        """Causes that refuse nothing."""
        return [one for one in self.causes if one["type"] == "warning"]

    def check(self) -> None:
        """Refuse when there is an error; the answer has the warnings as well."""
        if len(self.warnings) < len(self.causes):
            raise invalid(self.causes)


def invalid(causes: list[Record], status: int = 400) -> HttpError:
    """A validation error with its causes."""
    body = {
        "message": "Validation error",
        "error": "validation_error",
        "status": status,
        "cause": causes,
    }
    return HttpError(json_response(body, status))


def invalid_fields(names: list[str]) -> HttpError:
    """The body has fields that the call does not take."""
    text = f"The fields [{', '.join(names)}] are invalid for requested call."
    return HttpError(error(400, text, "body.invalid_fields"))


def invalid_types(told: list[str]) -> HttpError:
    """Fields have values of another type."""
    text = f"[invalid property type: {', '.join(told)}]"
    return HttpError(error(400, text, "body.invalid_field_types"))


def required_fields(names: list[str]) -> HttpError:
    """Fields are missing."""
    text = (
        "The body does not contains some or none of the following properties "
        f"[{', '.join(names)}]"
    )
    findings = Findings()
    findings.add(369, "body.required_fields", text, *names)
    body = {
        "message": "body.required_fields",
        "error": text,
        "status": 400,
        "cause": findings.causes,
    }
    return HttpError(json_response(body, 400))
