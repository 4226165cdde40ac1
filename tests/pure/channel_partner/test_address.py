"""Laying out delivery addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_base.lib.text import without_emoji
from odoo.addons.channel_partner.lib.address import (
    KEY_LIMIT,
    Place,
    bounded_key,
    compose,
    compose_billing,
    contact_key,
    delivery_key,
    same_place,
    without_remark,
    zip_key,
)
from odoo.addons.channel_partner.lib.buyer import Address

HOME = Address(
    line="Av. Los Aromos 1234",
    comment="Timbre 3B",
    city="Núñez",
    receiver="Ana Paz",
    country_code="AR",
)
BRAZIL = Address(
    line="Rua Araçá-Mirim 77",
    street_name="Rua Araçá-Mirim",
    street_number="77",
    complement="Bloco B",
    comment="Apto 302",
    district="Cambuí",
    city="Campinas",
    receiver="João Nóbrega",
    country_code="BR",
)
texts = st.text(max_size=50)
addresses = st.builds(
    Address,
    line=texts,
    street_name=texts,
    street_number=texts,
    complement=texts,
    district=texts,
    comment=st.text(max_size=3000),
    city=texts,
    zip=texts,
    country_code=st.sampled_from(["", "AR", "BR", "CL", "MX"]),
    receiver=texts,
    phone=texts,
    email=texts,
    pickup=st.booleans(),
)


def test_line_1_holds_the_comments_and_line_2_the_receiver():
    delivery = compose(HOME)
    assert delivery.line == "Av. Los Aromos 1234 - Timbre 3B"
    assert delivery.line2 == "Ana Paz"
    assert (delivery.comment, delivery.title, delivery.parts) == ("", "", None)


def test_comments_apart():
    delivery = compose(HOME, comments_apart=True)
    assert (delivery.line, delivery.comment) == ("Av. Los Aromos 1234", "Timbre 3B")


def test_a_comment_that_the_line_ends_with_is_not_repeated():
    address = Address(line="Calle 47 12 timbre 3b", comment="Timbre 3B")
    assert compose(address).line == "Calle 47 12 timbre 3b"


def test_brazil_in_parts_with_the_district_in_line_2():
    delivery = compose(BRAZIL)
    assert delivery.parts == ("Rua Araçá-Mirim", "77", "Bloco B, Apto 302")
    assert delivery.line == "Rua Araçá-Mirim 77 - Bloco B, Apto 302"
    assert (delivery.line2, delivery.title) == ("Cambuí", "João Nóbrega")


def test_mexico_in_parts_with_the_colonia_in_line_2():
    address = Address(
        line="Calle 134A 18",
        street_name="Calle 134A",
        street_number="18",
        complement="Int. 4",
        district="Lomas de Umbralía",
        city="Álvaro Obregón",
        zip="01040",
        receiver="Ximena Ledesma",
        country_code="MX",
    )
    delivery = compose(address)
    assert delivery.parts == ("Calle 134A", "18", "Int. 4")
    assert (delivery.line2, delivery.title) == ("Lomas de Umbralía", "Ximena Ledesma")


@pytest.mark.parametrize("country", ["CL", "CO", "UY"])
def test_elsewhere_in_one_line_with_the_receiver_in_line_2(country):
    address = Address(
        line="Pasaje Las Retamas 56",
        street_name="Pasaje Las Retamas",
        street_number="56",
        district="Centro",
        city="Maipú",
        receiver="Tamara Larenas",
        country_code=country,
    )
    delivery = compose(address)
    assert (delivery.line, delivery.parts) == ("Pasaje Las Retamas 56", None)
    assert (delivery.line2, delivery.city, delivery.zip) == (
        "Tamara Larenas",
        "Maipú",
        "",
    )


def test_country_of_the_channel_counts_without_one_in_the_address():
    address = Address(street_name="Rua Um", city="Santos", district="Gonzaga")
    assert compose(address, "BR").line2 == "Gonzaga"
    assert compose(address, "AR").line2 == ""


def test_no_street_or_a_hidden_one_is_no_address():
    assert compose(Address(city="Rosario")) is None
    assert compose(Address(line="XXXXXXX", city="XXXX")) is None
    assert compose(Address(street_number="12", comment="Timbre")) is None


def test_hidden_values_are_left_out():
    address = Address(
        line="Calle 1", city="XXXX", phone="XXXXXXX", receiver="***", zip="0000"
    )
    delivery = compose(address)
    assert (delivery.city, delivery.phone, delivery.line2) == ("", "", "")
    assert delivery.zip == ""


def test_case_accents_and_spaces_make_no_other_address():
    assert delivery_key("AV.  Núñez 1", "Córdoba") == delivery_key(
        "av nunez 1", "CORDOBA"
    )
    assert delivery_key("Calle 1", "Salta") != delivery_key("Calle 1", "Rosario")
    assert delivery_key("Calle 1 - 4A", "Salta") != delivery_key(
        "Calle 1 - 7B", "Salta"
    )


@pytest.mark.parametrize(
    ("country", "one", "other", "same"),
    [
        ("AR", "7000", "B7000ABC", True),
        ("AR", "B7000ABC", "b 7000 abc", True),
        ("AR", "CP 1650", "1650", True),
        ("AR", "1650", "5570", False),
        ("AR", "B1650ABC", "M5570ABC", False),
        ("BR", "13024-000", "13024000", True),
        ("BR", "04548005", "4548005", True),
        ("BR", "01310-100", "01310-200", False),
        ("MX", "01040", "1040", True),
        ("CL", "8320000", "832-0000", True),
        ("UY", "11000", "12000", False),
        ("GB", "sw1a 1aa", "SW1A-1AA", True),
        ("GB", "SW1A 1AA", "SW1A 2AA", False),
        ("", "B7000ABC", "7000", False),
    ],
)
def test_writings_of_a_postal_code(country, one, other, same):
    assert (zip_key(one, country) == zip_key(other, country)) is same


@pytest.mark.parametrize("code", ["", None, " ", "0000", "00000-000", "0", "---"])
def test_a_postal_code_that_says_nothing(code):
    assert zip_key(code, "AR") == zip_key(code, "BR") == zip_key(code) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Place("AR", 1, "1650"), Place("AR", 1, "B1650ABC"), True),
        (Place("AR", 1, "1650"), Place("AR", 2, "5570"), False),
        (Place("AR", 1, "1650"), Place("AR", 1, "1651"), False),
        (Place("AR", 1, "1650"), Place("AR", 2, "1650"), False),
        (Place("AR", 1, "1650"), Place("UY", "", ""), False),
        (Place("AR", 1, "1650"), Place(), True),
        (Place("", 1, "7000"), Place("ar", "", "B7000ABC"), True),
        (Place("BR", "", "01310100"), Place("BR", 7, "01310-100"), True),
    ],
)
def test_what_is_not_known_contradicts_nothing(one, other, same):
    assert same_place(one, other) is same_place(other, one) is same


def test_emoji_are_not_printed():
    address = Address(
        line="Calle 1 🏠",
        comment="Tocar 🔔 fuerte",
        city="Núñez 🇦🇷",
        receiver="Ana 🌸 Paz",
        country_code="AR",
    )
    delivery = compose(address)
    assert delivery.line == "Calle 1 - Tocar fuerte"
    assert delivery.remark == "Tocar fuerte"
    assert (delivery.city, delivery.line2) == ("Núñez", "Ana Paz")
    assert compose(address, comments_apart=True).comment == "Tocar 🔔 fuerte"
    assert compose(Address(line="🏠")) is None


@pytest.mark.parametrize("receiver", [".", "--", "🙂"])
def test_a_receiver_without_letters_is_nobody(receiver):
    assert compose(Address(line="Calle 1", receiver=receiver)).line2 == ""


def test_a_courier_s_note_is_not_billed():
    billed = compose_billing(HOME)
    assert (billed.line, billed.comment, billed.remark) == (
        "Av. Los Aromos 1234",
        "",
        "",
    )
    billed = compose_billing(BRAZIL)
    assert billed.parts == ("Rua Araçá-Mirim", "77", "Bloco B")


def test_a_remark_is_taken_off_again():
    plain = compose(HOME, comments_apart=True)
    assert without_remark(compose(HOME).line, compose(HOME).remark) == plain.line
    full = compose(BRAZIL)
    assert without_remark(full.parts[2], full.remark) == "Bloco B"
    assert without_remark(full.line, full.remark) == "Rua Araçá-Mirim 77 - Bloco B"
    assert without_remark("Apto 302", "Apto 302") == ""
    assert without_remark("Calle 1 - Casa", "Timbre") == "Calle 1 - Casa"


def test_a_branch_is_nobodys_home():
    assert delivery_key("Calle 1", "Salta") != delivery_key("Calle 1", "Salta", True)


def test_a_name_of_symbols_is_a_name():
    assert contact_key("🙂") == "🙂"
    assert contact_key("Ana  PAZ") == "ana paz"


@given(addresses, st.booleans())
def test_always_bounded_and_printable(address, apart):
    delivery = compose(address, "AR", apart)
    if delivery is None:
        return
    assert len(delivery.key) <= KEY_LIMIT
    assert len(delivery.line) < 1700
    assert without_emoji(delivery.line) == delivery.line
    assert delivery.line and "\x00" not in delivery.line and "\n" not in delivery.line
    delivery.line.encode()


@given(st.text(max_size=600), st.text(max_size=600))
def test_long_keys_stay_different(one, other):
    one, other = one.encode("utf-8", "ignore"), other.encode("utf-8", "ignore")
    one, other = one.decode(), other.decode()
    assert (bounded_key(one) == bounded_key(other)) is (one == other)
