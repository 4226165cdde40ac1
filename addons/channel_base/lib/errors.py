"""Error classes of a channel: each one leads to exactly one documented state.

============== ===========================================================
class          state of the row or flow it concerns
============== ===========================================================
Retryable      stays pending; tried again by itself, with backoff
Suspended      the same, and no attempt is counted
AuthRequired   channel credential "needs reauthorisation"; the flow waits
Rejected       row in error with a code and a reason; a person fixes it
Several        the same, with a reason for each thing that is wrong
Unresolved     the same, until its value is mapped or found in Odoo
MappingMissing row blocked until the de-para value is filled
============== ===========================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

#: Code of an error that has several reasons
SEVERAL = "several"
_SUSPENDED_SECONDS = 60 * 60


class ChannelError(Exception):
    """Base of every error that a channel can answer with."""


class Retryable(ChannelError):
    """A passing fault (network, 429, 5xx): the same call may succeed later.

    :param message: what happened, without secrets or personal data
    :param after: seconds the remote side asked to wait, or None when it did not say
    :param code: key of the translated reason
    :param alone: it is this record that is busy, not the service
    """

    def __init__(
        self,
        message: str,
        after: float | None = None,
        code: str = "retryable",
        alone: bool = False,
    ):
        super().__init__(message)
        self.after = after
        self.code = code
        self.alone = alone


class Suspended(Retryable):
    """The account may not do this at the moment, whatever the record. What else it
    may do goes on."""

    def __init__(
        self,
        message: str,
        after: float | None = _SUSPENDED_SECONDS,
        code: str = "suspended",
    ):
        super().__init__(message, after, code, alone=True)


class AuthRequired(ChannelError):
    """The credential is refused for good; a person has to connect again."""


class Rejected(ChannelError):
    """The content is wrong and repeating it will not help.

    :param code: stable identifier, the key of the translated reason
    :param field: the external field it concerns, if it is one
    :param message: technical detail (never a secret)
    :param params: values that the translated reason interpolates (all text); the
        field is one of them
    """

    def __init__(
        self,
        code: str,
        field: str | None = None,
        message: str | None = None,
        **params: object,
    ):
        super().__init__(message or code)
        self.code = code
        self.field = field
        self.message = message or ""
        self.params = {key: str(value) for key, value in params.items()}
        if field:
            self.params["field"] = field


class Several(Rejected):
    """The content is wrong in more than one way.

    :param errors: each with its code, field and parameters; at least two
    """

    def __init__(self, errors: Sequence[Rejected]):
        super().__init__(
            SEVERAL,
            message="; ".join(one.message or one.code for one in errors),
            problems=format_problems(errors),
        )
        self.errors = tuple(errors)


class Unresolved(Rejected):
    """The content is refused because of a value that nothing in Odoo stands for.

    It stays refused, unlike with :class:`MappingMissing`, but filling the value's
    de-para row, or what Odoo finds by the value itself, mends it.

    :param kind: code of the de-para kind
    :param value: the external value as the channel sent it
    :param label: what the channel calls the value
    """

    def __init__(
        self, code: str, kind: str, value: str, label: str = "", **params: object
    ):
        super().__init__(code, **params)
        self.kind = kind
        self.value = value
        self.label = label or value


class MappingMissing(ChannelError):
    """A de-para value is needed and nobody has filled it yet.

    :param kind: code of the de-para kind
    :param value: the external value as the channel sent it
    :param label: what the channel calls the value, if it has a name
    """

    def __init__(self, kind: str, value: str, label: str | None = None):
        super().__init__(f"{kind}: {value}")
        self.kind = kind
        self.value = value
        self.label = label or value


def is_unreachable(error: object) -> bool:
    """Whether an error says of the service, and not of a record, that it takes
    nothing."""
    if isinstance(error, Retryable):
        return not error.alone
    return isinstance(error, AuthRequired)


#: What code may stumble over that reads data from outside
STUMBLES = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


def reason(error: BaseException) -> tuple[str, dict[str, str]]:
    """The sentence that tells people about an error, as code and parameters.

    Whatever is not a :class:`ChannelError` is ``unexpected``, with what it says.
    """
    if isinstance(error, Rejected):
        return error.code, error.params
    if isinstance(error, Retryable):
        return error.code, {}
    if isinstance(error, AuthRequired):
        return "auth_required", {}
    if isinstance(error, MappingMissing):
        params = {"kind_name": error.kind, "label": error.label, "value": error.value}
        return "mapping_missing", params
    detail = f"{type(error).__name__}: {error}" if str(error) else repr(error)
    return "unexpected", {"detail": detail[:200]}


def split_reason(
    code: str | None, params: Mapping[str, str] | None
) -> list[tuple[str, dict[str, str]]]:
    """The single reasons of a stored one: code and parameters of each.

    :param code: of :func:`reason`; none gives none
    """
    found = dict(params or {})
    if code != SEVERAL:
        return [(code, found)] if code else []
    return parse_problems(found.get("problems"))


def format_problems(errors: Sequence[Rejected]) -> str:
    """Problems as one text; see :func:`parse_problems`."""
    problems = [{"code": one.code, "params": one.params} for one in errors]
    return json.dumps(problems, ensure_ascii=False)


def parse_problems(text: str | None) -> list[tuple[str, dict[str, str]]]:
    """The code and parameters of each problem, of what :func:`format_problems` wrote;
    none of a text that is something else."""
    try:
        rows = json.loads(text or "[]")
        return [(str(row["code"]), dict(row["params"])) for row in rows]
    except STUMBLES:
        return []
