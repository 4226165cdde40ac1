"""XML that means harm."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from odoo.addons.remote_transport.lib.xml import (
    MAX_NODES,
    XmlError,
    XmlTooLarge,
    child,
    children,
    find,
    local_name,
    parse,
)

LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10)
    for level in range(1, 12)
)
LAUGHS = b'<!DOCTYPE a [<!ENTITY l0 "ha">' + LAUGHS + b"]>"

HOSTILE = {
    "nothing": b"",
    "blanks": b" \n ",
    "text": b"not XML",
    "JSON": b'{"a": 1}',
    "cut": b"<a><b>",
    "two roots": b"<a/><b/>",
    "a comment only": b"<!-- a -->",
    "zero": b"<a>\0</a>",
    "a zero at once": b"<a\0/>",
    "character of control": b"<a>&#1;</a>",
    "a prefix of nobody": b"<a:b/>",
    "an attribute twice": b'<a b="1" b="2"/>',
    "bad UTF-8": b"<a>\xff</a>",
    "an empty DOCTYPE": b"<!DOCTYPE a><a/>",
    "an entity": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "an entity of nobody": b"<a>&b;</a>",
    "a thousand million laughs": LAUGHS + b"<a>&l11;</a>",
    "laughs in an attribute": LAUGHS + b'<a b="&l11;"/>',
    "a file": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
    "a file's DTD": b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
    "a parameter": b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:1/">%b;]><a/>',
    "UTF-16": "<a/>".encode("utf-16"),
    "UTF-16 without a mark": "<a/>".encode("utf-16-le"),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a/+AD4-',
    "EBCDIC": '<?xml version="1.0" encoding="IBM037"?><a/>'.encode("cp037"),
    "hidden encoding": b"<?xml version='1.0'" + b" " * 500 + b"encoding='UTF-7'?><a/>",
    "deep": b"<a>" * 50_000 + b"</a>" * 50_000,
    "a long name": b"<" + b"a" * 20_000_000 + b"/>",
    "a long text": b"<a>" + b"b" * 20_000_000 + b"</a>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_refused(name: str) -> None:
    began = time.monotonic()
    with pytest.raises(XmlError) as caught:
        parse(HOSTILE[name])
    assert time.monotonic() - began < 1
    assert len(str(caught.value)) <= 300


@pytest.mark.parametrize(
    "content",
    [
        b"<a>" + b"<b/>" * MAX_NODES + b"</a>",
        b"<a " + b"".join(b'b%d="" ' % n for n in range(MAX_NODES)) + b"/>",
        b"<a>" + b"<!---->" * MAX_NODES + b"</a>",
    ],
    ids=["elements", "attributes", "comments"],
)
def test_too_many_nodes(content: bytes) -> None:
    """Refused before anything is built."""
    tracemalloc.start()
    with pytest.raises(XmlTooLarge):
        parse(content)
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()


def test_too_many_bytes() -> None:
    with pytest.raises(XmlTooLarge) as caught:
        parse(b"<a>bcd</a>", max_bytes=9)
    assert caught.value.limit == 9


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<a>\xc3\xb1</a>", "ñ"),
        (b"\xef\xbb\xbf<a>\xc3\xb1</a>", "ñ"),
        (b"\n <a>x</a>", "x"),
        (b'<?xml version="1.0" encoding="utf-8"?><a>\xc3\xb1</a>', "ñ"),
        (b"<?xml version='1.0' encoding = 'ISO-8859-1' ?><a>\xf1</a>", "ñ"),
        (b'<?xml version="1.0" encoding="windows-1252"?><a>\x80</a>', "€"),
        (b'<?xml version="1.0"?><!-- c --><a>x</a>', "x"),
        (b"<?xml-stylesheet href='x'?><a>x</a>", "x"),
        (b"<a>&lt;&amp;&#209;</a>", "<&Ñ"),
        (b"<a><![CDATA[<!DOCTYPE html>]]></a>", "<!DOCTYPE html>"),
    ],
)
def test_read(content: bytes, expected: str) -> None:
    assert parse(content).text == expected


LATIN = "<?xml version='1.0' encoding='{}'?><a>ñ</a>"


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (LATIN.format("utf-8").encode("latin-1"), "iso-8859-1"),
        (LATIN.format("latin-1").encode(), "UTF-8"),
        ("<a>ñ</a>".encode("latin-1"), "latin1"),
        # What the header says is what counts, also for what is never read.
        (LATIN.format("utf-16").encode(), "utf-8"),
        # A byte order mark beats both.
        (b"\xef\xbb\xbf" + LATIN.format("latin-1").encode(), "iso-8859-1"),
    ],
)
def test_a_charset_from_outside(content: bytes, charset: str) -> None:
    assert parse(content, charset=charset).text == "ñ"


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "x" * 5000, "ñ", "latin-99"])
def test_a_charset_that_is_not_read(charset: str) -> None:
    with pytest.raises(XmlError):
        parse(b"<a/>", charset=charset)


def test_nothing_is_included(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hush")
    content = (
        b'<a xmlns:x="http://www.w3.org/2001/XInclude">'
        b'<x:include parse="text" href="%s"/></a>' % str(secret).encode()
    )
    assert "hush" not in "".join(parse(content).itertext())


def test_names_without_namespaces() -> None:
    root = parse(
        b'<a xmlns:n="urn:n"><!-- c --><n:b>1</n:b><c><b>2</b></c><b>3</b></a>'
    )
    assert [local_name(part) for part in root] == ["", "b", "c", "b"]
    assert [part.text for part in children(root, "b")] == ["1", "3"]
    assert child(root, "z") is None
    assert children(None, "b") == []
    assert child(child(root, "c"), "b").text == "2"  # type: ignore[union-attr]
    assert find(root, "a") is root
    assert find(root, "z") is None
