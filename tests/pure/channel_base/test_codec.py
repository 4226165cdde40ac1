"""A service that speaks XML, as a distributor does, is as easy as one with JSON."""

from __future__ import annotations

import pytest
from lxml import etree

from odoo.addons.channel_base.lib.auth import Basic
from odoo.addons.channel_base.lib.codec import JsonCodec, XmlCodec
from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.http import HttpClient
from odoo.addons.remote_transport.lib.xml import MAX_NODES, child, children

from tests.pure.channel_base.support import Answer, Server

STOCK = (
    b'<?xml version="1.0" encoding="ISO-8859-1"?><Stock xmlns="urn:shop">'
    b"<Item><Sku>A1</Sku><Name>\xd1and\xfa</Name></Item><Item><Sku>A2</Sku></Item></Stock>"
)


class Distributor(HttpClient):
    """All that a provider with XML has to write."""

    def __init__(self, url: str, user: str, password: str):
        super().__init__(url, codec=XmlCodec(), auth=Basic(user, password))

    def get_stock(self) -> dict[str, str]:
        """Code of an article → its name."""
        found = {}
        for item in children(self.get("/stock").body, "Item"):
            sku, name = child(item, "Sku"), child(item, "Name")
            found[sku.text] = "" if name is None else name.text
        return found

    def order(self, sku: str, note: str) -> None:
        """Order one piece."""
        root = etree.Element("Order")
        etree.SubElement(root, "Line", sku=sku).text = note
        self.request("POST", "/orders", body=root)


def test_an_xml_service() -> None:
    with Server(Answer(body=STOCK), Answer(201, b"")) as server:
        client = Distributor(server.url, "ana", "hush-hush")
        assert client.get_stock() == {"A1": "Ñandú", "A2": ""}
        client.order("A1", "<urgent> & ñ")
    asked, sent = server.calls
    assert asked.headers["accept"] == "application/xml, text/xml"
    assert "content-type" not in asked.headers
    assert sent.headers["content-type"] == "application/xml; charset=utf-8"
    assert sent.body.decode() == (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<Order><Line sku="A1">&lt;urgent&gt; &amp; ñ</Line></Order>'
    )


def test_another_type_of_content() -> None:
    with Server(Answer(body=b"<a/>")) as server:
        client = HttpClient(server.url, codec=XmlCodec("text/xml"))
        client.request("PUT", "/", body=etree.Element("a"))
        client.request("PUT", "/", body=etree.Element("a"), headers={"Accept": "*/*"})
    first, second = (call.headers for call in server.calls)
    assert first["content-type"] == "text/xml; charset=utf-8"
    assert second["accept"] == "*/*"


@pytest.mark.parametrize(
    "content",
    [
        b"<a><b>",
        b"Sorry",
        b'{"a": 1}',
        b"<!DOCTYPE html><html/>",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
    ],
)
def test_what_is_not_xml_is_retryable(content: bytes) -> None:
    """A cut answer and a proxy's error page look alike; both pass."""
    with Server(Answer(body=content)) as server:
        with pytest.raises(Retryable, match="not XML"):
            HttpClient(server.url, codec=XmlCodec()).get("/")


def test_too_large() -> None:
    many = b"<a>" + b"<b/>" * MAX_NODES + b"</a>"
    for content, limit in ((many, 10**8), (b"<a>" + b"b" * 100 + b"</a>", 100)):
        with Server(Answer(body=content)) as server:
            client = HttpClient(server.url, codec=XmlCodec(), max_body=limit)
            with pytest.raises(Rejected) as caught:
                client.get("/")
        assert caught.value.code == "response_too_large"


def test_an_xml_refusal_hides_secrets() -> None:
    said = b"<error><password>hush-hush</password><token>abc123</token></error>"
    with Server(Answer(400, said)) as server:
        client = Distributor(server.url, "ana", "hush-hush")
        with pytest.raises(Rejected) as caught:
            client.get_stock()
    assert "hush-hush" not in str(caught.value)
    assert "abc123" not in str(caught.value)


@pytest.mark.parametrize("said", ["iso-8859-1", '"ISO-8859-1"', "windows-1252"])
def test_the_header_says_in_what_it_is_written(said: str) -> None:
    content = "<?xml version='1.0' encoding='UTF-8'?><a>Muñoz</a>".encode("latin-1")
    headers = {"Content-Type": f"text/xml; charset={said}"}
    with Server(Answer(body=content, headers=headers)) as server:
        assert HttpClient(server.url, codec=XmlCodec()).get("/").body.text == "Muñoz"


def test_a_charset_that_nobody_reads() -> None:
    headers = {"Content-Type": "text/xml; charset=utf-16"}
    with Server(Answer(body=b"<a/>", headers=headers)) as server:
        with pytest.raises(Retryable):
            HttpClient(server.url, codec=XmlCodec()).get("/")
    # JSON is Unicode whatever is said.
    with Server(Answer(body='{"a": "ñ"}'.encode(), headers=headers)) as server:
        assert HttpClient(server.url).get("/").body == {"a": "ñ"}


def test_json() -> None:
    codec = JsonCodec()
    assert codec.encode({"a": "ñ", "b": [1.5, None]}) == (
        b'{"a": "\\u00f1", "b": [1.5, null]}'
    )
    with pytest.raises(ValueError):
        codec.encode({"a": float("nan")})
    with Server() as server:
        client = HttpClient(server.url)
        client.request("POST", "/", body={"a": 1})
        client.request("POST", "/", form={"a": "1 2"})
    bodies = [(call.body, call.headers["content-type"]) for call in server.calls]
    assert bodies == [
        (b'{"a": 1}', "application/json"),
        (b"a=1+2", "application/x-www-form-urlencoded"),
    ]
