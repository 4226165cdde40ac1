"""Reading answers: what is known, what is not, and what is hostile."""

import json

import pytest

from odoo.addons.l10n_ar_arca.lib.errors import ArcaError, Choked
from odoo.addons.l10n_ar_arca.lib.xml import MAX_BYTES, MAX_TEXT, parse
from odoo.addons.l10n_ar_padron.lib.provinces import STATE_CODES, state_code
from odoo.addons.l10n_ar_padron.lib.responsibility import decide
from odoo.addons.l10n_ar_padron.lib.taxpayer import (
    Activity,
    load,
    not_found,
    read_person,
    read_persons,
)

from tests.pure.l10n_ar_padron.support import (
    NUMBER,
    block,
    category,
    general,
    refusal,
    regime,
    simple,
    tax,
)

ADDRESS = (
    "<domicilioFiscal><codPostal>1406</codPostal><datoAdicional>3 B</datoAdicional>"
    "<descripcionProvincia>CIUDAD AUTONOMA BUENOS AIRES</descripcionProvincia>"
    "<direccion>LOS &amp;#209;IRES 742</direccion><idProvincia>0</idProvincia>"
    "<tipoDatoAdicional>PISO</tipoDatoAdicional></domicilioFiscal>"
)
ACTIVITIES = (
    "<actividad><descripcionActividad>SEGUNDA</descripcionActividad>"
    "<idActividad>461014</idActividad><orden>2</orden></actividad>"
    "<actividad><descripcionActividad>PRIMERA</descripcionActividad>"
    "<idActividad>620100</idActividad><orden>1</orden></actividad>"
)
FULL = block(
    "personaReturn",
    general(ADDRESS),
    simple(category(), tax("20"), ACTIVITIES),
    block("datosRegimenGeneral", ACTIVITIES, tax("301")),
    refusal("no posee categoría", "errorMonotributo"),
    "<metadata><servidor>linux</servidor></metadata>",
)


def read(content):
    return read_person(parse(content.encode()))


def test_everything():
    person = read(FULL)
    assert (person.number, person.name, person.is_company) == (
        NUMBER,
        "ACONCAGUA SA",
        True,
    )
    address = person.address
    assert (address.street, address.extra) == ("LOS ÑIRES 742", "PISO 3 B")
    # The city of Buenos Aires comes without a locality.
    assert (address.city, address.state) == ("CIUDAD AUTONOMA BUENOS AIRES", "C")
    assert person.activities == (
        Activity("620100", "PRIMERA", 1),
        Activity("461014", "SEGUNDA", 2),
    )
    assert person.simple_errors == ("no posee categoría",)
    assert "<metadata>" in person.raw


def test_natural_person():
    content = "<apellido>TORVANE</apellido><nombre>ZULMA</nombre>"
    assert read(block("persona", general(personal=content))).name == "TORVANE ZULMA"
    refused = block("errorConstancia", content, f"<idPersona>{NUMBER}</idPersona>")
    person = read(block("persona", refused))
    assert (person.name, person.number, person.has_data) == (
        "TORVANE ZULMA",
        NUMBER,
        False,
    )


def test_locality_elsewhere():
    content = ADDRESS.replace("<idProvincia>0<", "<idProvincia>3<")
    person = read(block("persona", general(content)))
    assert (person.address.city, person.address.state) == ("", "X")


@pytest.mark.parametrize("person", [read(FULL), not_found(NUMBER)])
def test_kept_and_loaded(person):
    kept = json.loads(json.dumps(person.to_json()))
    assert load(kept) == person
    assert decide(load(kept)) == decide(person)


def test_list_says_who_is_missing():
    content = block(
        "x",
        block(
            "personaListReturn",
            block("persona", general(), regime("30")),
            block(
                "persona",
                block(
                    "errorConstancia",
                    "<error>No existe persona con ese Id</error>"
                    "<idPersona>20111111112</idPersona>",
                ),
            ),
        ),
    )
    first, second = read_persons(parse(content.encode()))
    assert (first.number, first.found) == (NUMBER, True)
    assert (second.number, second.found) == ("20111111112", False)
    with pytest.raises(Choked):
        read_persons(parse(b"<x/>"))


@pytest.mark.parametrize(
    "spelling",
    [
        lambda xml: xml,
        lambda xml: xml.replace("<personaReturn", '<personaReturn xmlns="urn:a"', 1),
        lambda xml: (
            xml.replace("</", "@@")
            .replace("<", "<n:")
            .replace("@@", "</n:")
            .replace("<n:personaReturn", '<n:personaReturn xmlns:n="urn:b"', 1)
        ),
    ],
)
def test_namespaces_do_not_count(spelling):
    person = read(spelling(FULL))
    assert decide(person).responsibility == "6"
    assert person.address.zip == "1406"


def test_unknown_elements_do_not_count():
    """ARCA adds elements without notice, anywhere."""
    extra = "<nuevo a='1'><idImpuesto>32</idImpuesto><Fault/></nuevo>"
    content = FULL.replace(">", f">{extra}", 1)
    for name in ("datosGenerales", "impuesto", "categoriaMonotributo", "actividad"):
        content = content.replace(f"<{name}>", f"<{name}>{extra}")
    before, after = read(FULL).to_json(), read(content).to_json()
    assert before == after


def test_comments_and_instructions_are_no_text():
    content = FULL.replace(
        "<idImpuesto>20<", "<idImpuesto><!-- 3 -->2<?x 4?><!-- 5 -->0<"
    ).replace("<datosMonotributo>", "<datosMonotributo><!-- a --><?pi b?>")
    assert read(content).to_json() == read(FULL).to_json()


def test_long_and_controlling_texts():
    long = "A\u0085B\tC" + "x" * 10_000
    person = read(FULL.replace("ACONCAGUA SA", long))
    assert person.name.startswith("A B C")
    assert len(person.name) == MAX_TEXT


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"not xml",
        b"<x>",
        b"<x>\x00</x>",
        b"\x00" * 100,
        b"<x>&nothing;</x>",
        b'<?xml version="1.0" encoding="no-such"?><x/>',
        b"<x>\xff\xfe</x>",
        b"<!DOCTYPE x><x/>",
        LAUGHS.encode(),
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        b"<x>" * 5000 + b"</x>" * 5000,
        b"<x>" + b" " * MAX_BYTES + b"</x>",
    ],
    ids=lambda content: content[:24].decode(errors="replace"),
)
def test_hostile(content):
    with pytest.raises(ArcaError) as caught:
        parse(content)
    assert (caught.value.code, caught.value.retryable) == ("answer_unreadable", True)
    assert len(caught.value.detail) <= 300


def test_provinces():
    """Every number of ARCA's table, and nothing else."""
    assert sorted(STATE_CODES) == [*range(15), *range(16, 25)]
    assert len(set(STATE_CODES.values())) == 24
    assert [state_code(n) for n in ("0", "1", "3", "24", "02")] == list("CBXVK")
    for unknown in ("", "15", "25", "-1", "1.0", "x", "9" * 400, "²"):
        assert state_code(unknown) == ""
