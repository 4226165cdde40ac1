"""Reads BER and DER (ITU-T X.690): just enough for a CMS message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE = 0x30
SET = 0x31
INTEGER = 0x02
OCTET_STRING = 0x04
OBJECT_ID = 0x06
CONSTRUCTED = 0x20
_END = b"\x00\x00"


@dataclass(frozen=True)
class Node:
    """One value: its identifier byte, its content and its whole encoding."""

    tag: int
    content: bytes
    raw: bytes

    def children(self) -> list[Node]:
        """The values inside; raises ValueError when the content is something else."""
        return list(_each(self.content))

    def expect(self, tag: int) -> Node:
        """The value itself; raises ValueError when it has another identifier."""
        if self.tag != tag:
            raise ValueError(f"expected tag {tag:#x}, found {self.tag:#x}")
        return self

    def octets(self) -> bytes:
        """An octet string, whose constructed form is joined."""
        if not self.tag & CONSTRUCTED:
            return self.content
        return b"".join(child.octets() for child in self.children())

    def number(self) -> int:
        """A signed integer."""
        return int.from_bytes(self.expect(INTEGER).content, "big", signed=True)

    def object_id(self) -> str:
        """An object identifier in dotted form."""
        content = self.expect(OBJECT_ID).content
        numbers = [0]
        for byte in content:
            numbers[-1] = (numbers[-1] << 7) | (byte & 0x7F)
            if not byte & 0x80:
                numbers.append(0)
        first = min(numbers[0] // 40, 2)
        parts = [first, numbers[0] - 40 * first, *numbers[1:-1]]
        return ".".join(str(part) for part in parts)

    def retagged(self, tag: int) -> bytes:
        """The same content in DER under another identifier."""
        return bytes([tag]) + _length(len(self.content)) + self.content


def read(data: bytes) -> Node:
    """The value ``data`` consists of.

    :raises ValueError: when it is none, or something follows it
    """
    node, end = _read(data, 0)
    if end != len(data):
        raise ValueError("something follows the value")
    return node


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def _each(data: bytes) -> Iterator[Node]:
    offset = 0
    while offset < len(data):
        node, offset = _read(data, offset)
        yield node


def _read(data: bytes, start: int) -> tuple[Node, int]:
    try:
        tag, size = data[start], data[start + 1]
    except IndexError:
        raise ValueError("the data end within a value") from None
    if tag & 0x1F == 0x1F:
        raise ValueError("long identifiers are not used in a CMS message")
    begin = start + 2
    if size == 0x80:
        end = begin
        while data[end : end + 2] != _END:
            _node, end = _read(data, end)
        return Node(tag, data[begin:end], data[start : end + 2]), end + 2
    if size & 0x80:
        digits = size & 0x7F
        size = int.from_bytes(data[begin : begin + digits], "big")
        begin += digits
    end = begin + size
    if end > len(data):
        raise ValueError("the data end within a value")
    return Node(tag, data[begin:end], data[start:end]), end
