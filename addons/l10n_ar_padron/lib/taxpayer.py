"""What the registry says about a taxpayer, read without a schema.

Source: ARCA, *Consulta de constancia de inscripción*, developer's manual V4.1, answers
of ``getPersona_v2`` and ``getPersonaList_v2``. Every element is optional.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from lxml import etree

from odoo.addons.l10n_ar_arca.lib.errors import Choked
from odoo.addons.l10n_ar_arca.lib.xml import text
from odoo.addons.remote_transport.lib.xml import (
    Element,
    child,
    children,
    find,
    local_name,
)

from .provinces import state_code

NOT_FOUND_TEXT = "no existe persona"


@dataclass(frozen=True)
class Tax:
    """A tax that the taxpayer is, or was, registered for.

    :param state: ``AC`` when active; "" in answers that have no such element
    :param period: since when, AAAAMM
    """

    code: str
    name: str = ""
    state: str = ""
    period: str = ""

    @property
    def is_active(self) -> bool:
        """Anything that is there and not known to mean active is not active."""
        return self.state.upper() in ("", "AC", "ACTIVO")


@dataclass(frozen=True)
class Category:
    """Category of the simplified regime (*monotributo*)."""

    code: str
    name: str = ""
    tax: str = ""


@dataclass(frozen=True)
class Activity:
    """An economic activity; ``order`` 1 is the main one."""

    code: str
    name: str = ""
    order: int = 0


@dataclass(frozen=True)
class FiscalAddress:
    """*Domicilio fiscal*; ``state`` is Odoo's code of the province."""

    street: str = ""
    extra: str = ""
    city: str = ""
    zip: str = ""
    state: str = ""
    state_name: str = ""


@dataclass(frozen=True)
class Taxpayer:
    """What the registry answered about one key (CUIT, CUIL or CDI).

    :param found: False when the registry has nobody with this key
    :param has_data: whether it issued data at all, and not only errors
    :param errors: texts of ``errorConstancia``: why no data are issued
    :param simple_errors: texts of ``errorMonotributo``
    :param general_errors: texts of ``errorRegimenGeneral``
    """

    number: str
    found: bool = True
    has_data: bool = False
    name: str = ""
    key_kind: str = ""
    key_state: str = ""
    is_company: bool = False
    deceased: bool = False
    address: FiscalAddress | None = None
    taxes: tuple[Tax, ...] = ()
    category: Category | None = None
    activities: tuple[Activity, ...] = ()
    errors: tuple[str, ...] = ()
    simple_errors: tuple[str, ...] = ()
    general_errors: tuple[str, ...] = ()
    raw: str = field(default="", compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """What is kept, as plain values; see :func:`load`."""
        values = asdict(self)
        values.pop("raw")
        return values


def load(values: dict[str, Any]) -> Taxpayer:
    """The taxpayer of :meth:`Taxpayer.to_json`."""
    address, category = values.get("address"), values.get("category")
    return Taxpayer(
        **{
            **values,
            "address": FiscalAddress(**address) if address else None,
            "category": Category(**category) if category else None,
            "taxes": tuple(Tax(**item) for item in values.get("taxes", ())),
            "activities": tuple(
                Activity(**item) for item in values.get("activities", ())
            ),
            **{
                name: tuple(values.get(name, ()))
                for name in ("errors", "simple_errors", "general_errors")
            },
        }
    )


def read_persons(root: Element) -> list[Taxpayer]:
    """Everybody in the answer of a list operation.

    :raises Choked: ``answer_unreadable``, there is no list in it
    """
    returned = find(root, "personaListReturn")
    if returned is None:
        raise Choked("answer_unreadable", "no list")
    return [read_person(item) for item in children(returned, "persona")]


def read_person(element: Element, asked: str = "") -> Taxpayer:
    """One ``persona`` or ``personaReturn``.

    :param asked: the number that was asked for, when the answer does not repeat it
    """
    general = child(element, "datosGenerales")
    simple = child(element, "datosMonotributo")
    regime = child(element, "datosRegimenGeneral")
    refused = child(element, "errorConstancia")
    errors = _messages(refused)
    number = text(general, "idPersona") or text(refused, "idPersona") or asked
    unknown = general is None and any(
        NOT_FOUND_TEXT in message.lower() for message in errors
    )
    return Taxpayer(
        number=number,
        found=not unknown,
        has_data=general is not None,
        name=_name(general if general is not None else refused),
        key_kind=text(general, "tipoClave"),
        key_state=text(general, "estadoClave"),
        is_company=text(general, "tipoPersona").upper() == "JURIDICA",
        deceased=bool(text(general, "fechaFallecimiento")),
        address=_address(child(general, "domicilioFiscal")),
        taxes=_taxes(simple) + _taxes(regime),
        category=_category(child(simple, "categoriaMonotributo")),
        activities=_activities(regime, simple),
        errors=errors,
        simple_errors=_messages(child(element, "errorMonotributo")),
        general_errors=_messages(child(element, "errorRegimenGeneral")),
        raw=etree.tostring(element, encoding="unicode", with_tail=False),
    )


def not_found(number: str) -> Taxpayer:
    """Nobody has this key, as the operation for one person says with a fault."""
    return Taxpayer(number=number, found=False)


def _name(element: Element | None) -> str:
    company = text(element, "razonSocial")
    if company:
        return company
    return " ".join(filter(None, (text(element, "apellido"), text(element, "nombre"))))


def _address(element: Element | None) -> FiscalAddress | None:
    if element is None:
        return None
    state = state_code(text(element, "idProvincia"))
    state_name = text(element, "descripcionProvincia")
    # The city of Buenos Aires has no locality.
    city = text(element, "localidad") or (state_name if state == "C" else "")
    extra = (text(element, "tipoDatoAdicional"), text(element, "datoAdicional"))
    return FiscalAddress(
        street=text(element, "direccion"),
        extra=" ".join(filter(None, extra)),
        city=city,
        zip=text(element, "codPostal"),
        state=state,
        state_name=state_name,
    )


def _taxes(block: Element | None) -> tuple[Tax, ...]:
    return tuple(
        Tax(
            code=text(item, "idImpuesto"),
            name=text(item, "descripcionImpuesto"),
            state=text(item, "estadoImpuesto"),
            period=text(item, "periodo"),
        )
        for item in children(block, "impuesto")
    )


def _category(element: Element | None) -> Category | None:
    if element is None:
        return None
    return Category(
        code=text(element, "idCategoria"),
        name=text(element, "descripcionCategoria"),
        tax=text(element, "idImpuesto"),
    )


def _activities(*blocks: Element | None) -> tuple[Activity, ...]:
    found: dict[str, Activity] = {}
    for block in blocks:
        main = child(block, "actividadMonotributista")
        for item in [
            *children(block, "actividad"),
            *([main] if main is not None else []),
        ]:
            order = text(item, "orden")
            code = text(item, "idActividad")
            if code:
                activity = Activity(
                    code=code,
                    name=text(item, "descripcionActividad"),
                    order=int(order) if order.isdecimal() else 0,
                )
                found.setdefault(code, activity)
    return tuple(sorted(found.values(), key=lambda item: (item.order or 99, item.code)))


def _messages(block: Element | None) -> tuple[str, ...]:
    if block is None:
        return ()
    texts = [text(item) for item in block if local_name(item) in ("error", "mensaje")]
    found = tuple(dict.fromkeys(filter(None, texts)))
    # A block without any text is a refusal all the same.
    return found or ("",)
