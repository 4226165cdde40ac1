"""What marketplaces call the IVA responsibility of a buyer.

A label is the marketplace's own word, typed by the buyer once; ARCA's registry counts
more. MercadoLibre developers, Billing info (MLA): *Consumidor Final*, *IVA Responsable
Inscripto*, *IVA Exento*, *Monotributo*.
"""

from __future__ import annotations

from odoo.addons.channel_base.lib.text import normalise

#: Normalised label → code of ``l10n_ar.afip.responsibility.type``.
_CODES = {
    "responsable inscripto": "1",
    "iva responsable inscripto": "1",
    "exento": "4",
    "iva exento": "4",
    "iva sujeto exento": "4",
    "consumidor final": "5",
    "monotributo": "6",
    "monotributista": "6",
    "responsable monotributo": "6",
    "iva no alcanzado": "15",
    "no alcanzado": "15",
}


def responsibility_code(label: str) -> str:
    """Code of the responsibility that a label names, "" when it is not known."""
    return _CODES.get(normalise(label), "")
