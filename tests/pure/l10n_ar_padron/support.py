"""Answers of ARCA's registry about invented taxpayers."""

from __future__ import annotations

from tests.pure.l10n_ar_arca.support import block

NUMBER = "30500010912"
PERSONAL = (
    "<estadoClave>ACTIVO</estadoClave><idPersona>30500010912</idPersona>"
    "<razonSocial>ACONCAGUA SA</razonSocial><tipoClave>CUIT</tipoClave>"
    "<tipoPersona>JURIDICA</tipoPersona>"
)


def tax(code: str, state: str | None = "AC") -> str:
    """An ``impuesto``; None leaves its state out, as the first version did."""
    inner = "" if state is None else f"<estadoImpuesto>{state}</estadoImpuesto>"
    return f"<impuesto>{inner}<idImpuesto>{code}</idImpuesto></impuesto>"


def category(tax_code: str = "20", code: str = "52", name: str = "B LOCACIONES") -> str:
    """A ``categoriaMonotributo``."""
    return (
        f"<categoriaMonotributo><descripcionCategoria>{name}</descripcionCategoria>"
        f"<idCategoria>{code}</idCategoria><idImpuesto>{tax_code}</idImpuesto>"
        "</categoriaMonotributo>"
    )


def general(*inner: str, personal: str = PERSONAL) -> str:
    """``datosGenerales``."""
    return block("datosGenerales", *inner, personal)


def regime(*codes: str) -> str:
    """``datosRegimenGeneral`` with active taxes."""
    return block("datosRegimenGeneral", *map(tax, codes))


def simple(*inner: str) -> str:
    """``datosMonotributo``."""
    return block("datosMonotributo", *inner)


def refusal(message: str, name: str = "errorConstancia") -> str:
    """An error block."""
    return block(name, f"<error>{message}</error>")


def asked(body: str) -> list[str]:
    """The numbers that a request asks for."""
    return [part.split("<")[0] for part in body.split("idPersona>")[1::2]]
