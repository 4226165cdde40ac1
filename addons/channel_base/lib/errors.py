"""Error classes of a channel: each one leads to exactly one documented state.

============== ===========================================================
class          state of the row or flow it concerns
============== ===========================================================
Retryable      stays pending; tried again by itself, with backoff
AuthRequired   channel credential "needs reauthorisation"; the flow waits
Rejected       row in error with a code and a reason; a person fixes it
Unresolved     the same, until its value is mapped or found in Odoo
MappingMissing row blocked until the de-para value is filled
============== ===========================================================
"""

from __future__ import annotations


class ChannelError(Exception):
    """Base of every error that a channel can answer with."""


class Retryable(ChannelError):
    """A passing fault (network, 429, 5xx): the same call may succeed later.

    :param message: what happened, without secrets or personal data
    :param after: seconds the remote side asked to wait, or None when it did not say
    :param code: key of the translated reason
    """

    def __init__(
        self, message: str, after: float | None = None, code: str = "retryable"
    ):
        super().__init__(message)
        self.after = after
        self.code = code


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
