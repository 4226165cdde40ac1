"""Decompressing no more than is wanted."""

from __future__ import annotations

import zlib

from requests.exceptions import ContentDecodingError

_KINDS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Decoder:
    """Gives back what it gets."""

    def decode(self, chunk: bytes, limit: int) -> bytes:
        """The next part of the content, at most so many bytes of it."""
        return chunk

    def end(self) -> None:
        """
        :raises ContentDecodingError: the content is cut off
        """


class _Inflater(Decoder):
    """zlib's format, a raw one that some call by the same name, and gzip's members."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)
        self._is_begun = False

    def decode(self, chunk: bytes, limit: int) -> bytes:
        parts, size = [], 0
        while chunk and size < limit:
            if self._stream.eof:
                # Another member follows (RFC 1952 §2.2), or filling.
                chunk = chunk.lstrip(b"\0")
                if not chunk or self._window != _KINDS["gzip"]:
                    break
                self._stream = zlib.decompressobj(self._window)
            part = self._inflate(chunk, limit - size)
            parts.append(part)
            size += len(part)
            chunk = self._stream.unused_data
        return b"".join(parts)

    def _inflate(self, chunk: bytes, limit: int) -> bytes:
        begun, self._is_begun = self._is_begun, True
        try:
            return self._stream.decompress(chunk, limit)
        except zlib.error as error:
            if begun or self._window != _KINDS["deflate"]:
                raise ContentDecodingError(str(error)) from error
        self._stream = zlib.decompressobj(-_KINDS["deflate"])
        try:
            return self._stream.decompress(chunk, limit)
        except zlib.error as error:
            raise ContentDecodingError(str(error)) from error

    def end(self) -> None:
        if self._is_begun and not self._stream.eof:
            raise ContentDecodingError("cut off")


def get_decoder(encoding: str) -> Decoder:
    """A decoder of what a ``Content-Encoding`` names.

    :raises ContentDecodingError: an encoding that is not known, or several
    """
    kind = encoding.strip().lower()
    if kind in ("", "identity"):
        return Decoder()
    if kind not in _KINDS:
        raise ContentDecodingError(f"encoding {kind[:40]}")
    return _Inflater(_KINDS[kind])
