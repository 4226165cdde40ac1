from dataclasses import replace

from odoo import api, models
from odoo.tools.sql import escape_psql

from ..lib import documents
from ..lib.items import BuyerBatch
from ..lib.states import StateTable

# Best first; the first one that is installed is the customer's.
LANGUAGES = {
    "AR": ("es_AR", "es_419"),
    "BR": ("pt_BR",),
    "CL": ("es_CL", "es_419"),
    "CO": ("es_CO", "es_419"),
    "MX": ("es_MX", "es_419"),
    "UY": ("es_UY", "es_419"),
}


class SaleChannelPartnerLookup(models.AbstractModel):
    """Finds what a channel's words are in Odoo: countries, states, document types.

    What was found is remembered in the batch, so that each table is read once.

    With ``sudo``: customers are found, whoever runs the flow.
    """

    _name = "sale.channel.partner.lookup"
    _description = "Buyers of Sales Channels: look-ups"

    @api.model
    def _open(self, channel):
        """A new :class:`BuyerBatch` of one channel, with superuser rights."""
        channel = channel.with_env(self.env).sudo()
        kinds = self._get_mapped_kinds()
        mapped = self.env["sale.channel.mapping"]._read_table(channel, kinds)
        return BuyerBatch(channel, mapped)

    @api.model
    def _get_mapped_kinds(self):
        """Codes of the kinds of the de-para that a batch reads. Addons add theirs."""
        return ["document_type", "state"]

    @api.model
    def _ask(self, batch, kind, value, label):
        """Put a value that nobody has mapped into the de-para's inbox."""
        if (kind, value) in batch.mapped:
            return
        batch.mapped[kind, value] = None
        self.env["sale.channel.mapping"]._ensure(batch.channel, kind, value, label)

    # Places

    @api.model
    def _find_country(self, batch, *codes):
        """The country of the first code that exists, or the channel's default."""
        known, countries = batch.memo("country"), self.env["res.country"]
        for code in codes:
            code = (code or "").upper()
            if code not in known:
                domain = [("code", "=", code)]
                known[code] = len(code) == 2 and countries.search_fetch(domain, limit=1)
            if known[code]:
                return known[code]
        return batch.channel._get_default_country()

    @api.model
    def _find_state(self, batch, country, code, name):
        """The state that the channel means.

        :return: the ``res.country.state`` (empty when unknown), and the value that
            nobody could place, "" when there is none
        """
        nothing = self.env["res.country.state"]
        value = code or name
        if not value:
            return nothing, ""
        mapped = batch.mapped.get(("state", code)) or batch.mapped.get(("state", name))
        if mapped and mapped.country_id == country:
            return mapped, ""
        table, by_code = self._get_state_table(batch, country)
        found = table.find(code, name)
        if found:
            return by_code[found], ""
        self._ask(batch, "state", value, name or code)
        return nothing, name or code

    @api.model
    def _get_state_table(self, batch, country):
        tables = batch.memo("state")
        if country not in tables:
            rows = self.env["res.country.state"].search_fetch(
                [("country_id", "=", country.id)]
            )
            tables[country] = (
                StateTable(country.code or "", [(row.code, row.name) for row in rows]),
                {row.code: row for row in rows},
            )
        return tables[country]

    @api.model
    def _get_language(self, country):
        """Code of the country's language, False when none is installed."""
        for code in LANGUAGES.get(country.code, ()):
            if self.env["res.lang"]._get_data(code=code):
                return code
        return False

    @api.model
    def _get_peppol_values(self, country):
        """What Odoo would find out about Peppol for a contact in a country.

        Nothing, where Peppol is not used; left to Odoo it costs queries a contact.
        """
        names = {"peppol_eas", "peppol_endpoint"}
        names &= self.env["res.partner"]._fields.keys()
        return dict.fromkeys(names, False) if country.code in LANGUAGES else {}

    # Documents

    @api.model
    def _check_document(self, batch, word, number, country_code):
        """Check a document and find its identification type.

        The de-para decides about the type, and then its rules about the number.

        :return: the check (None without a number), the type's record, and whether
            the word was known
        """
        word = (word or "").upper()
        mapped = batch.mapped.get(("document_type", word))
        if mapped:
            kind = self._find_kind(batch, mapped)
            checked = documents.check(
                kind.word if kind else documents.NO_RULES,
                number,
                kind.country if kind else "",
            )
            return checked and replace(checked, kind=word), mapped, True
        checked = documents.check(word, number, country_code)
        if checked is None or checked.problem:
            return checked, self.env["l10n_latam.identification.type"], True
        types, key = batch.memo("document_type"), (checked.kind, country_code)
        if key not in types:
            types[key] = self._find_type(*key)
        type_, known = types[key]
        if not known:
            self._ask(batch, "document_type", checked.kind, checked.kind)
        return checked, type_, known

    @api.model
    def _find_kind(self, batch, type_):
        """The built-in document of an identification type, None when there is none.

        Odoo's own types, which any localisation may use, stand for no document.
        """
        kinds = batch.memo("kind")
        if type_ not in kinds:
            known = () if self._is_generic(type_) else documents.KINDS
            kinds[type_] = next(
                (kind for kind in known if self._get_type(kind.types[0]) == type_), None
            )
        return kinds[type_]

    @api.model
    def _find_type(self, word, country_code):
        """The identification type of a document, and whether the word is known."""
        kind = documents.known_kind(word, country_code)
        types = [self._get_type(xmlid) for xmlid in kind.types] if kind else []
        for found in types:
            if found and not self._is_generic(found):
                return found, True
        named = self.env["l10n_latam.identification.type"].search(
            [
                ("name", "=ilike", escape_psql(word)),
                ("country_id.code", "in", [country_code, False]),
            ],
            order="country_id, sequence, id",
            limit=1,
        )
        if named:
            return named, True
        for found in types:
            if found:
                return found, True
        return self._get_type(documents.GENERIC_TYPE), False

    @api.model
    def _get_type(self, xmlid):
        """The identification type of an external id, empty when it is not there."""
        # ``env.ref`` asks each time whether the record is still there.
        id_ = self.env["ir.model.data"]._xmlid_to_res_id(xmlid)
        return self.env["l10n_latam.identification.type"].browse(id_ or ())

    @api.model
    def _get_default_type(self):
        """The type that Odoo gives to a contact without document."""
        return self._get_type(documents.DEFAULT_TYPE)

    @api.model
    def _is_generic(self, type_):
        """Whether a type says nothing about which document it is."""
        generic = self._get_type(documents.GENERIC_TYPE)
        return type_ in (generic | self._get_default_type())

    # Contacts

    @api.model
    def _is_awaited(self, batch, item, partner):
        """Whether another order than the item's still has something to send there."""
        return partner.id in batch.taken or bool(partner._get_awaiting(item.orders))
