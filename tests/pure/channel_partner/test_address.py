"""Laying out delivery addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.channel_partner.lib.address import (
    KEY_LIMIT,
    bounded_key,
    compose,
    contact_key,
    delivery_key,
)
from odoo.addons.channel_partner.lib.schema import Address

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
    address = Address(line="Calle 1", city="XXXX", phone="XXXXXXX", receiver="***")
    delivery = compose(address)
    assert (delivery.city, delivery.phone, delivery.line2) == ("", "", "")


def test_case_accents_and_spaces_make_no_other_address():
    assert delivery_key("AV.  Núñez 1", "Córdoba") == delivery_key(
        "av nunez 1", "CORDOBA"
    )
    assert delivery_key("Calle 1", "Salta") != delivery_key("Calle 1", "Rosario")
    assert delivery_key("Calle 1 - 4A", "Salta") != delivery_key(
        "Calle 1 - 7B", "Salta"
    )


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
    assert delivery.line and "\x00" not in delivery.line and "\n" not in delivery.line
    delivery.line.encode()


@given(st.text(max_size=600), st.text(max_size=600))
def test_long_keys_stay_different(one, other):
    one, other = one.encode("utf-8", "ignore"), other.encode("utf-8", "ignore")
    one, other = one.decode(), other.decode()
    assert (bounded_key(one) == bounded_key(other)) is (one == other)
