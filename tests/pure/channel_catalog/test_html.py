from __future__ import annotations

import pytest

from odoo.addons.channel_catalog.lib.html import clean_html, html_to_text, text_to_html


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("", ""),
        (None, ""),
        ("<p><br></p>", ""),
        ("<p> \n </p><script>x</script>", ""),
        ("solo texto", "solo texto"),
        ("<p>uno</p><p>dos", "<p>uno</p><p>dos</p>"),
        ("<p style='color:red' onclick='x()'>a</p>", "<p>a</p>"),
        ("<a href='javascript:x()'>a</a> b", "a b"),
        ("<div><span>a</span><br/>b</div>", "a<br>b"),
        ("<script>alert(1)</script>a<style>p{}</style>", "a"),
        ("<svg><p>dentro</p></svg>fuera", "fuera"),
        ("<img src=x onerror=y>a", "a"),
        ("<!-- no --><?php no ?>a", "a"),
        ("a &lt;b&gt; &amp; c", "a &lt;b&gt; &amp; c"),
        ("Ja\u0301\x07\x00 b", "Já b"),
        ("<ul><li>1</li><li>2</li></ul>", "<ul><li>1</li><li>2</li></ul>"),
        ("<p><b>a</b>c</p>", "<p><b>a</b>c</p>"),
    ],
)
def test_clean(given: str | None, cleaned: str) -> None:
    assert clean_html(given) == cleaned


def test_cleaning_twice_changes_nothing() -> None:
    for text in ("<p>a<b>c</b> &lt;d&gt;", "<table><tr><td>x</table>", "<x>y</x>z"):
        assert clean_html(clean_html(text)) == clean_html(text)


def test_a_hostile_depth_and_size() -> None:
    # The parser gives up where nobody writes any more.
    assert len(clean_html("<b>" * 5000 + "x")) < 100_000
    assert len(clean_html("a" * 10**6)) <= 100_000


def test_plain_texts() -> None:
    assert (
        text_to_html("a\r\nb\n\n\n<c> & d") == "<p>a<br>b</p><p>&lt;c&gt; &amp; d</p>"
    )
    assert text_to_html(" \n ") == text_to_html(None) == ""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        (None, ""),
        ("solo texto", "solo texto"),
        ("<p>uno</p><p>dos</p>", "uno\n\ndos"),
        ("<p>uno<br>dos<br/></p>", "uno\ndos"),
        ("<ul><li>a</li><li>b &amp; <b>c</b></li></ul><p>d</p>", "- a\n- b & c\n\nd"),
        ("<table><tr><td>a</td><td>1</td></tr><tr><td>b</td></tr></table>", "a 1\nb"),
        ("<p>a\n  b</p><script>x()</script>", "a b"),
        ("<h1>T</h1><p>5 &lt; 6</p>", "T\n\n5 < 6"),
    ],
)
def test_plain_text(html, text):
    assert html_to_text(html) == text
    assert html_to_text(text_to_html(text)).split() == text.split()
