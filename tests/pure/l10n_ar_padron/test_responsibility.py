"""The decision: one row for each case, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.l10n_ar_arca.lib.xml import parse
from odoo.addons.l10n_ar_padron.lib.responsibility import decide
from odoo.addons.l10n_ar_padron.lib.taxpayer import (
    Category,
    Tax,
    Taxpayer,
    not_found,
    read_person,
)

from tests.pure.l10n_ar_padron.support import (
    PERSONAL,
    block,
    category,
    general,
    refusal,
    regime,
    simple,
    tax,
)

DETERMINED, OPEN, CONFLICT = "determined", "undetermined", "conflict"
ALIVE = general()
# The main activity is a structure of its own, not a yes or no.
MAIN_ACTIVITY = block(
    "actividadMonotributista", "<idActividad>620100</idActividad><orden>1</orden>"
)


KEY_OF = {
    kind: general(personal=PERSONAL.replace(">CUIT<", f">{kind}<"))
    for kind in ("CUIL", "CDI", "cuit", "")
}


def read(*inner):
    return read_person(parse(block("persona", *inner).encode()))


def codes(decision):
    return [reason.code for reason in decision.reasons]


TABLE = {
    # One claim
    "iva": ([ALIVE, regime("30")], DETERMINED, "1", ["registered"]),
    "exempt": ([ALIVE, regime("32")], DETERMINED, "4", ["exempt"]),
    "not reached": ([ALIVE, regime("34")], DETERMINED, "15", ["not_reached"]),
    "monotributo": (
        [ALIVE, simple(category(), tax("20"))],
        DETERMINED,
        "6",
        ["monotributo"],
    ),
    "monotributo in the other block": (
        [ALIVE, regime("20")],
        DETERMINED,
        "6",
        ["monotributo"],
    ),
    "autonomous monotributo": ([ALIVE, simple(tax("21"))], DETERMINED, "6", None),
    "other taxes beside": ([ALIVE, regime("10", "30", "301")], DETERMINED, "1", None),
    # Not reached hides nothing
    "30 + 34": (
        [ALIVE, regime("34", "30")],
        DETERMINED,
        "1",
        ["registered", "also_not_reached"],
    ),
    "32 + 34": (
        [ALIVE, regime("34", "32")],
        DETERMINED,
        "4",
        ["exempt", "also_not_reached"],
    ),
    "20 + 34": ([ALIVE, simple(tax("20")), regime("34")], DETERMINED, "6", None),
    # Contradictions
    "20 + 30": ([ALIVE, simple(tax("20")), regime("30")], CONFLICT, "", ["conflict"]),
    "20 + 32": ([ALIVE, simple(tax("20")), regime("32")], CONFLICT, "", ["conflict"]),
    "30 + 32": ([ALIVE, regime("30", "32")], CONFLICT, "", ["conflict"]),
    "30 + 32 + 34": ([ALIVE, regime("30", "32", "34")], CONFLICT, "", ["conflict"]),
    "category + 30": ([ALIVE, simple(category()), regime("30")], CONFLICT, "", None),
    # Abolished
    "33": ([ALIVE, regime("33")], OPEN, "", ["abolished"]),
    "33 + 34": ([ALIVE, regime("33", "34")], OPEN, "", ["abolished"]),
    "33 + 30": ([ALIVE, regime("33", "30")], DETERMINED, "1", None),
    # States
    "no state": (
        [ALIVE, block("datosRegimenGeneral", tax("30", None))],
        DETERMINED,
        "1",
        ["registered"],
    ),
    "state in a word": (
        [ALIVE, block("datosRegimenGeneral", tax("30", "ACTIVO"))],
        DETERMINED,
        "1",
        ["registered"],
    ),
    "ended": (
        [ALIVE, block("datosRegimenGeneral", tax("30", "BD"))],
        OPEN,
        "",
        ["none_active", "tax_not_active"],
    ),
    "unknown state": (
        [ALIVE, block("datosRegimenGeneral", tax("32", "ZZ"))],
        OPEN,
        "",
        ["none_active", "tax_not_active"],
    ),
    "ended 32, active 30": (
        [ALIVE, block("datosRegimenGeneral", tax("32", "BD"), tax("30"))],
        DETERMINED,
        "1",
        ["registered", "tax_not_active"],
    ),
    "ended 20, active 30": (
        [ALIVE, simple(tax("20", "EX")), regime("30")],
        DETERMINED,
        "1",
        ["registered", "tax_not_active"],
    ),
    # Categories
    "category without its tax": ([ALIVE, simple(category())], DETERMINED, "6", None),
    "category of tax 21": ([ALIVE, simple(category("21"))], DETERMINED, "6", None),
    "category, its tax ended": (
        [ALIVE, simple(category(), tax("20", "BD"))],
        OPEN,
        "",
        ["none_active", "tax_not_active"],
    ),
    "category of 21, tax 20 ended": (
        [ALIVE, simple(category("21"), tax("20", "BD"))],
        OPEN,
        "",
        None,
    ),
    "category of another tax": ([ALIVE, simple(category("30"))], OPEN, "", ["no_tax"]),
    "category that is a text": (
        [ALIVE, simple("<categoriaMonotributo>NI</categoriaMonotributo>")],
        OPEN,
        "",
        ["no_tax"],
    ),
    "main activity is no category": (
        [ALIVE, simple(MAIN_ACTIVITY), regime("30")],
        DETERMINED,
        "1",
        ["registered"],
    ),
    "main activity beside its tax": (
        [ALIVE, simple(MAIN_ACTIVITY, tax("20"))],
        DETERMINED,
        "6",
        ["monotributo"],
    ),
    "text NI": (
        [ALIVE, simple("<impuesto>NI</impuesto>"), regime("30")],
        DETERMINED,
        "1",
        ["registered"],
    ),
    "social": (
        [ALIVE, simple(category(code="99", name="B MONOTRIBUTO SOCIAL"), tax("20"))],
        DETERMINED,
        "13",
        ["monotributo"],
    ),
    "social, farming": ([ALIVE, simple(category(code="61"))], DETERMINED, "13", None),
    "associate": ([ALIVE, simple(category(code="98"))], DETERMINED, "13", None),
    "social project": ([ALIVE, simple(category(code="104"))], DETERMINED, "13", None),
    "promoted": (
        [ALIVE, simple(category(name="Trabajador Independiente Promovido"))],
        DETERMINED,
        "16",
        ["category"],
    ),
    # Complaints beside data
    "30 and a complaint": (
        [ALIVE, regime("30"), refusal("no posee categoría", "errorMonotributo")],
        DETERMINED,
        "1",
        ["registered", "complaint"],
    ),
    "30 and a refusal": (
        [ALIVE, regime("30"), refusal("Domicilio")],
        DETERMINED,
        "1",
        ["registered", "complaint"],
    ),
    "complaint, no tax": (
        [ALIVE, refusal("sin datos", "errorRegimenGeneral")],
        OPEN,
        "",
        ["incomplete", "complaint"],
    ),
    "complaint about monotributo, no tax": (
        [ALIVE, regime("301"), refusal("x", "errorMonotributo")],
        OPEN,
        "",
        ["incomplete", "complaint"],
    ),
    "empty complaint, no tax": (
        [ALIVE, "<errorMonotributo/>"],
        OPEN,
        "",
        ["incomplete", "complaint_silently"],
    ),
    "no tax": ([ALIVE, regime("10")], OPEN, "", ["no_tax"]),
    "deceased": (
        [general("<fechaFallecimiento>2024-01-31</fechaFallecimiento>"), regime("30")],
        DETERMINED,
        "1",
        ["registered", "deceased"],
    ),
    # No data
    "blocked": ([refusal("La CUIT fue cancelada")], OPEN, "", ["not_issued"]),
    "blocked, taxes all the same": (
        [refusal("limitada"), regime("30")],
        OPEN,
        "",
        ["not_issued"],
    ),
    "a CUIL": (
        [refusal("La clave ingresada no es una CUIT")],
        OPEN,
        "",
        ["not_a_cuit"],
    ),
    "nobody": ([refusal("No existe persona con ese Id")], "not_found", "", None),
    "inactive key": (
        [general(personal=PERSONAL.replace("ACTIVO", "INACTIVO")), regime("30")],
        OPEN,
        "",
        ["inactive"],
    ),
    "empty answer": ([], OPEN, "", ["not_issued_silently"]),
    "refused without a word": (
        ["<errorConstancia/>"],
        OPEN,
        "",
        ["not_issued_silently"],
    ),
    # Kinds of keys
    "CUIL without tax": ([KEY_OF["CUIL"], regime("10")], OPEN, "", ["cuil"]),
    "CUIL whose tax has ended": (
        [KEY_OF["CUIL"], block("datosRegimenGeneral", tax("30", "BD"))],
        OPEN,
        "",
        ["cuil", "tax_not_active"],
    ),
    "CUIL and IVA": ([KEY_OF["CUIL"], regime("30")], CONFLICT, "", ["conflict"]),
    "CUIL and monotributo": (
        [KEY_OF["CUIL"], simple(tax("20"))],
        CONFLICT,
        "",
        ["conflict"],
    ),
    "CUIL, not reached": ([KEY_OF["CUIL"], regime("34")], CONFLICT, "", ["conflict"]),
    "CDI": ([KEY_OF["CDI"]], OPEN, "", ["kind"]),
    "kind in another case": ([KEY_OF["cuit"], regime("30")], DETERMINED, "1", None),
    "no kind": ([KEY_OF[""], regime("30")], DETERMINED, "1", None),
    "empty blocks": (
        ["<datosGenerales/>", "<datosMonotributo/>", "<datosRegimenGeneral/>"],
        OPEN,
        "",
        ["no_tax"],
    ),
}


@pytest.mark.parametrize(
    ("inner", "outcome", "responsibility", "reasons"), TABLE.values(), ids=TABLE
)
def test_decide(inner, outcome, responsibility, reasons):
    decision = decide(read(*inner))
    assert (decision.outcome, decision.responsibility) == (outcome, responsibility)
    if reasons is not None:
        assert codes(decision) == reasons


def test_nobody_by_fault():
    decision = decide(not_found("30500010912"))
    assert (decision.outcome, codes(decision)) == ("not_found", ["not_found"])


NAMELESS = category(code="", name="")


@pytest.mark.parametrize(
    ("inner", "params"),
    [
        ([simple(tax("20")), regime("30")], {"taxes": "20 MONOTRIBUTO, 30 IVA"}),
        (
            [simple(tax("21")), regime("32")],
            {"taxes": "21 MONOTRIBUTO AUTONOMO, 32 IVA EXENTO"},
        ),
        (
            [simple(tax("20"), tax("21")), regime("30")],
            {"taxes": "20 MONOTRIBUTO + 21 MONOTRIBUTO AUTONOMO, 30 IVA"},
        ),
        ([simple(category()), regime("30")], {"taxes": "B LOCACIONES, 30 IVA"}),
        ([simple(NAMELESS), regime("30")], {"taxes": "20, 30 IVA"}),
        ([simple(tax("20"))], {"category": ""}),
        ([simple(category(), tax("20"))], {"category": "B LOCACIONES"}),
        ([simple(category(name=""), tax("21"))], {"category": "52"}),
        ([simple(category())], {"category": "B LOCACIONES"}),
        ([simple(category(name=""))], {"category": "52"}),
    ],
)
def test_first_reason_names_what_is_listed(inner, params):
    """And nothing else: no tax that ARCA did not list."""
    assert decide(read(ALIVE, *inner)).reasons[0].params == params


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        (simple(tax("20")), "monotributo"),
        (simple(tax("21")), "monotributo_21"),
        (simple(tax("20"), tax("21")), "monotributo"),
        (simple(category()), "category"),
        (simple(category("21")), "category"),
    ],
)
def test_sentence_of_the_simplified_regime(inner, code):
    assert codes(decide(read(ALIVE, inner)))[0] == code


def test_complaint_of_nothing_names_its_block():
    reasons = decide(read(ALIVE, regime("30"), "<errorMonotributo/>")).reasons
    assert reasons[1].params == {"block": "errorMonotributo"}


@pytest.mark.parametrize(
    ("inner", "outcome", "responsibility"),
    [
        ([ALIVE, regime("10")], DETERMINED, "5"),
        # The setting speaks of nobody else.
        ([ALIVE, refusal("x", "errorMonotributo")], OPEN, ""),
        ([ALIVE, block("datosRegimenGeneral", tax("30", "BD"))], OPEN, ""),
        ([ALIVE, regime("30")], DETERMINED, "1"),
        # Nor of who has no CUIT.
        ([KEY_OF["CUIL"], regime("10")], OPEN, ""),
        ([KEY_OF["CDI"]], OPEN, ""),
        ([refusal("La CUIT fue cancelada")], OPEN, ""),
        ([refusal("No existe persona con ese Id")], "not_found", ""),
    ],
)
def test_setting_for_the_untaxed(inner, outcome, responsibility):
    decision = decide(read(*inner), "5")
    assert (decision.outcome, decision.responsibility) == (outcome, responsibility)


taxes = st.builds(
    Tax,
    code=st.sampled_from(["20", "21", "30", "32", "33", "34", "10", ""]) | st.text(),
    state=st.sampled_from(["AC", "ACTIVO", "", "BD", "ZZ"]) | st.text(),
)
messages = st.lists(st.text(), max_size=2).map(tuple)
taxpayers = st.builds(
    Taxpayer,
    number=st.text(),
    found=st.booleans(),
    has_data=st.booleans(),
    key_kind=st.sampled_from(["CUIT", "CUIL", "CDI", ""]),
    key_state=st.sampled_from(["ACTIVO", "INACTIVO", ""]),
    deceased=st.booleans(),
    taxes=st.lists(taxes, max_size=5).map(tuple),
    category=st.none()
    | st.builds(Category, st.text(), st.text(), st.sampled_from(["20", "21", "30"])),
    errors=messages,
    simple_errors=messages,
    general_errors=messages,
)


@given(taxpayers, st.sampled_from(["", "5", "7", "15"]))
def test_never_a_guess(taxpayer, untaxed):
    decision = decide(taxpayer, untaxed)
    assert (decision.outcome == DETERMINED) == bool(decision.responsibility)
    assert decision.reasons
    active = {tax.code for tax in taxpayer.taxes if tax.is_active}
    claims = [bool(active & {"20", "21"}), "30" in active, "32" in active]
    if sum(claims) > 1 or not taxpayer.found or not taxpayer.has_data:
        assert decision.outcome != DETERMINED
    if taxpayer.key_kind in ("CUIL", "CDI"):
        assert decision.outcome != DETERMINED
    assert decision.responsibility not in {"8", "9", "10"}
