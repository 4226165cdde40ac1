"""What can go wrong with ARCA's services."""

from __future__ import annotations


class ArcaError(Exception):
    """A service of ARCA gave no answer that can be used.

    :param code: what happened, one of the keys of
        ``l10n_ar.arca.certificate._get_error_texts``
    :param retryable: whether it can go well later without anybody doing anything
    :param detail: what the service said, for the person who looks into it
    """

    def __init__(self, code: str, *, retryable: bool = False, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.retryable = retryable
        self.detail = detail[:300]


class Choked(ArcaError):
    """A service failed on what it was asked; on something else it may do well."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, retryable=True, detail=detail)
