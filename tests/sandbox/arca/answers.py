"""What the registry says of a taxpayer, as nested values; see :func:`.soap.render`."""

from __future__ import annotations

import random
from typing import Any

from ..people import plain
from .profiles import PROFILES, TAXES, Category, Profile, Tax
from .taxpayers import PROVINCES, FiscalAddress, Taxpayer

Block = dict[str, Any]

_ACTIVITIES = (
    (353001, "SUMINISTRO DE VAPOR Y AIRE ACONDICIONADO"),
    (475230, "VENTA AL POR MENOR DE ARTÍCULOS DE FERRETERÍA"),
    (620100, "SERVICIOS DE CONSULTORES EN INFORMÁTICA"),
    (711009, "SERVICIOS DE INGENIERÍA Y ARQUITECTURA"),
    (853300, "FORMACIÓN DE POSGRADO"),
    (107121, "ELABORACIÓN DE PRODUCTOS DE PANADERÍA"),
)
_NOT_FOUND = "No existe persona con ese Id"
_NOT_MET = "No cumple con las condiciones para enviar datos "


def constancia(taxpayer: Taxpayer, *, second: bool) -> Block:
    """The body of ``getPersona`` or, when ``second``, of ``getPersona_v2``."""
    profile = PROFILES[taxpayer.profile]
    if profile.refused:
        return _written(_refusal(taxpayer, profile), profile)
    found: Block = {"datosGenerales": _general_data(taxpayer, profile, second)}
    activities = _activities(taxpayer, profile.activities)
    if profile.general:
        found["datosRegimenGeneral"] = {
            "actividad": activities,
            "impuesto": _taxes(profile.general, profile.sparse),
        }
    if profile.simplified:
        found["datosMonotributo"] = {
            "actividad": activities if second else None,
            "actividadMonotributista": _main(activities),
            "categoriaMonotributo": _category(profile.category),
            "impuesto": _taxes(profile.simplified),
        }
    for block, text, regime in (
        ("errorMonotributo", profile.simplified_error, "monotributo"),
        ("errorRegimenGeneral", profile.general_error, "régimen general"),
    ):
        if text:
            found[block] = {"error": [text], "mensaje": _NOT_MET + regime}
    if profile.sparse:
        del found["datosRegimenGeneral"]["actividad"]
    return _written(found, profile)


def unknown(number: int) -> Block:
    """The entry of a number nobody has, in the answer to a list."""
    return {"errorConstancia": {"error": [_NOT_FOUND], "idPersona": number}}


def personal_data(taxpayer: Taxpayer) -> Block:
    """The body of A13's ``getPersona``: who somebody is, no taxes."""
    profile = PROFILES[taxpayer.profile]
    rng = random.Random(f"born {taxpayer.number}")
    found: Block = {
        **_names(taxpayer),
        "domicilio": [_personal_address(taxpayer.address, profile)],
        "estadoClave": profile.state,
        "idPersona": int(taxpayer.number),
        "tipoClave": profile.key,
        "tipoPersona": "FISICA" if taxpayer.person else "JURIDICA",
    }
    if taxpayer.person:
        born = f"{rng.randint(1945, 2004)}-{rng.randint(1, 12):02d}"
        found["fechaNacimiento"] = f"{born}-{rng.randint(1, 28):02d}T12:00:00-03:00"
        found["numeroDocumento"] = taxpayer.document
        found["tipoDocumento"] = "DNI"
    if profile.deceased:
        found["fechaFallecimiento"] = "2024-05-14T12:00:00-03:00"
    return _written({"persona": found}, profile)


def _names(taxpayer: Taxpayer) -> Block:
    if taxpayer.person:
        return {
            "apellido": taxpayer.last_name.upper(),
            "nombre": taxpayer.first_name.upper(),
        }
    return {"razonSocial": taxpayer.legal_name.upper()}


def _refusal(taxpayer: Taxpayer, profile: Profile) -> Block:
    block: Block = {"error": list(profile.refused), "idPersona": int(taxpayer.number)}
    if taxpayer.person:
        block.update(_names(taxpayer))
    else:
        block["apellido"] = taxpayer.legal_name.upper()
    return {"errorConstancia": block}


def _general_data(taxpayer: Taxpayer, profile: Profile, second: bool) -> Block:
    found: Block = {
        **_names(taxpayer),
        "estadoClave": profile.state,
        "idPersona": int(taxpayer.number),
        "tipoClave": profile.key,
        "tipoPersona": "FISICA" if taxpayer.person else "JURIDICA",
    }
    if profile.sparse:
        return {key: found[key] for key in (*_names(taxpayer), "idPersona")}
    found["domicilioFiscal"] = _fiscal_address(taxpayer.address, profile)
    found["mesCierre"] = 12
    found["dependencia"] = {
        "descripcionDependencia": "DISTRITO",
        "idDependencia": 100 + taxpayer.address.province,
        "idProvincia": taxpayer.address.province,
    }
    found["esSucesion"] = "SI" if profile.deceased else "NO"
    if profile.deceased:
        found["fechaFallecimiento"] = "2024-05-14T12:00:00-03:00"
    if not taxpayer.person:
        found["fechaContratoSocial"] = "2011-03-01T12:00:00-03:00"
    if second and taxpayer.number[9] in "02468":
        found["caracterizacion"] = [
            {
                "descripcionCaracterizacion": "DOMICILIO FISCAL ELECTRÓNICO",
                "fechaSolicitud": 20260211,
                "idCaracterizacion": 377,
                "periodo": 202602,
            }
        ]
    return found


def _fiscal_address(address: FiscalAddress, profile: Profile) -> Block:
    province = 0 if profile.city else address.province
    return {
        "codPostal": address.zip_code,
        "datoAdicional": address.extra and address.extra.upper(),
        "descripcionProvincia": PROVINCES[province],
        "direccion": address.street.upper(),
        "idProvincia": province,
        "localidad": address.city.upper() if address.city and province else None,
        "tipoDatoAdicional": address.extra_kind,
        "tipoDomicilio": "FISCAL",
    }


def _personal_address(address: FiscalAddress, profile: Profile) -> Block:
    found = _fiscal_address(address, profile)
    found["codigoPostal"] = found.pop("codPostal")
    street, _space, number = address.street.rpartition(" ")
    found["calle"] = street.upper() or None
    found["numero"] = int(number) if number.isdigit() and street else None
    found["estadoDomicilio"] = "DECLARADO"
    return found


def _activities(taxpayer: Taxpayer, count: int) -> list[Block]:
    """Activities in any order; the one with ``orden`` 1 is the main one."""
    rng = random.Random(f"activities {taxpayer.number}")
    chosen = rng.sample(_ACTIVITIES, count)
    orders = list(range(1, count + 1))
    rng.shuffle(orders)
    return [
        {
            "descripcionActividad": text,
            "idActividad": number,
            "nomenclador": 883,
            "orden": order,
            "periodo": 201311,
        }
        for (number, text), order in zip(chosen, orders, strict=True)
    ]


def _main(activities: list[Block]) -> Block:
    return next(activity for activity in activities if activity["orden"] == 1)


def _taxes(taxes: tuple[Tax, ...], sparse: bool = False) -> list[Block]:
    if sparse:
        return [{"idImpuesto": tax.id} for tax in taxes]
    return [
        {
            "descripcionImpuesto": TAXES[tax.id],
            "estadoImpuesto": tax.state,
            "idImpuesto": tax.id,
            "motivo": tax.reason,
            "periodo": 201101,
        }
        for tax in taxes
    ]


def _category(category: Category | None) -> Block | None:
    if category is None:
        return None
    return {
        "descripcionCategoria": category.text,
        "idCategoria": category.id,
        "idImpuesto": category.tax,
        "periodo": 202601,
    }


def _written(value: Any, profile: Profile) -> Any:
    """The texts as this taxpayer's come: with accents, without, or escaped twice."""
    if isinstance(value, dict):
        return {key: _written(item, profile) for key, item in value.items()}
    if isinstance(value, list):
        return [_written(item, profile) for item in value]
    if isinstance(value, str) and profile.plain:
        return plain(value)
    if isinstance(value, str) and profile.escaped:
        return "".join(c if ord(c) < 128 else f"&#{ord(c)};" for c in value)
    return value
