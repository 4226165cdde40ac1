"""What a channel tells about a buyer, in the words every provider shares.

All texts are untrusted, already cleaned by :func:`channel_base.lib.text.clean`, and
empty when the channel said nothing or hid the value.
"""

from __future__ import annotations

from dataclasses import dataclass

#: What a tax authority or an invoice needs to know besides name and document.
FISCAL_FACTS = (
    "taxpayer_type",
    "state_registration",
    "activity",
    "regime",
    "invoice_use",
)


@dataclass(frozen=True)
class FiscalIdentity:
    """The person or company that the invoice is for.

    :param name: legal name, "first last" for a person
    :param document_type: the channel's word (``CUIT``, ``CPF`` …), upper case
    :param document_number: as the channel wrote it
    :param taxpayer_type: the channel's label of the tax condition
    :param state_registration: Brazilian *inscrição estadual*
    :param activity: Chilean *giro*, the economic activity as text
    :param regime: Mexican *régimen fiscal*, code and text (``606 Arrendamiento``)
    :param invoice_use: Mexican *uso de CFDI*, code and text (``G03 Gastos …``)
    :param external_id: the channel's id of this identity
    :param pending: the channel is still preparing the data; ask again later
    :param is_company: legal entity; None when the channel does not tell
    """

    name: str = ""
    document_type: str = ""
    document_number: str = ""
    taxpayer_type: str = ""
    state_registration: str = ""
    activity: str = ""
    regime: str = ""
    invoice_use: str = ""
    external_id: str = ""
    pending: bool = False
    is_company: bool | None = None
    address: Address | None = None


@dataclass(frozen=True)
class Address:
    """Where something is delivered or who is billed.

    :param line: street and number as one text
    :param street_name: street without number, when the channel separates them
    :param street_number: empty when there is none ("SN")
    :param complement: floor, door
    :param district: neighbourhood (Brazil: *bairro*, Mexico: *colonia*)
    :param city: town; in Chile the *comuna*
    :param comment: what the buyer added
    :param state_code: as the channel codes it (``AR-C``, ``01`` …)
    :param country_code: ISO 3166-1 alpha-2
    :param pickup: a branch of the carrier, not the buyer's own address
    """

    line: str = ""
    street_name: str = ""
    street_number: str = ""
    complement: str = ""
    district: str = ""
    comment: str = ""
    city: str = ""
    zip: str = ""
    state_code: str = ""
    state_name: str = ""
    country_code: str = ""
    receiver: str = ""
    phone: str = ""
    email: str = ""
    external_id: str = ""
    pickup: bool = False


@dataclass(frozen=True)
class Buyer:
    """A channel's user who bought.

    :param external_id: the channel's id of the user; nicknames change, this does not
    :param name: of the person, for the contact
    :param complete: False when the channel answered in part; then nothing that is
        empty here may erase what is known
    """

    external_id: str
    nickname: str = ""
    name: str = ""
    phone: str = ""
    alternative_phone: str = ""
    email: str = ""
    identity: FiscalIdentity | None = None
    complete: bool = True
