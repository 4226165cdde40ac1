"""What the values of one channel are in Odoo, each table read once per import."""

from dataclasses import replace

from ..lib import documents
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


class Resolver:
    """Looks up countries, states, languages and document types for one channel.

    Lives for one import: it remembers what it read.

    :param channel: one ``sale.channel``, with superuser rights
    """

    def __init__(self, channel):
        self.channel = channel
        self.env = channel.env
        self._mapped = self.env["sale.channel.mapping"]._read_table(
            channel, ("document_type", "state")
        )
        #: Ids of contacts that orders of this import are sent to.
        self.taken = set()
        self._countries = {}
        self._states = {}
        self._types = {}
        self._by_xmlids = {}

    def _ask(self, kind, value, label):
        """Put a value that nobody has mapped into the de-para's inbox."""
        if (kind, value) in self._mapped:
            return
        self._mapped[kind, value] = None
        self.env["sale.channel.mapping"]._ensure(self.channel, kind, value, label)

    def country(self, *codes):
        """The country of the first code that exists, or the channel's default."""
        for code in codes:
            found = self._country(code)
            if found:
                return found
        return self.channel._get_default_country()

    def _country(self, code):
        code = (code or "").upper()
        if code not in self._countries:
            country = self.env["res.country"]
            if len(code) == 2:
                country = country.search([("code", "=", code)], limit=1)
            self._countries[code] = country
        return self._countries[code]

    def state(self, country, code, name):
        """The state that the channel means.

        :return: the ``res.country.state`` (empty when unknown), and the value that
            nobody could place, "" when there is none
        """
        nothing = self.env["res.country.state"]
        value = code or name
        if not value:
            return nothing, ""
        mapped = self._mapped.get(("state", code)) or self._mapped.get(("state", name))
        if mapped and mapped.country_id == country:
            return mapped, ""
        table, by_code = self._state_table(country)
        found = table.find(code, name)
        if found:
            return by_code[found], ""
        self._ask("state", value, name or code)
        return nothing, name or code

    def _state_table(self, country):
        if country not in self._states:
            rows = self.env["res.country.state"].search(
                [("country_id", "=", country.id)]
            )
            by_code = {row.code: row for row in rows}
            self._states[country] = (
                StateTable(country.code or "", [(row.code, row.name) for row in rows]),
                by_code,
            )
        return self._states[country]

    def document(self, word, number, country_code):
        """Check a document and find its identification type.

        The de-para decides about the type, and then its rules about the number.

        :return: the check (None without a number), the type's record, and whether
            the word was known
        """
        word = (word or "").upper()
        mapped = self._mapped.get(("document_type", word))
        if mapped:
            kind = self._kind_of(mapped)
            checked = documents.check(
                kind.word if kind else documents.NO_RULES,
                number,
                kind.country if kind else "",
            )
            return checked and replace(checked, kind=word), mapped, True
        checked = documents.check(word, number, country_code)
        if checked is None or checked.problem:
            return checked, self.env["l10n_latam.identification.type"], True
        type_, known = self._type(checked.kind, country_code)
        if not known:
            self._ask("document_type", checked.kind, checked.kind)
        return checked, type_, known

    def _kind_of(self, type_):
        """The built-in document of an identification type, None when there is none.

        Odoo's own types, which any localisation may use, stand for no document.
        """
        if self.is_generic(type_):
            return None
        for kind in documents.KINDS:
            if self._by_xmlid(kind.types[0]) == type_:
                return kind
        return None

    def _type(self, word, country_code):
        key = (word, country_code)
        if key not in self._types:
            self._types[key] = self._find_type(word, country_code)
        return self._types[key]

    def _find_type(self, word, country_code):
        kind = documents.known_kind(word, country_code)
        types = [self._by_xmlid(xmlid) for xmlid in kind.types] if kind else []
        for found in types:
            if found and not self.is_generic(found):
                return found, True
        named = self.env["l10n_latam.identification.type"].search(
            [
                ("name", "=ilike", word),
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
        return self._by_xmlid(documents.GENERIC_TYPE), False

    def _by_xmlid(self, xmlid):
        if xmlid not in self._by_xmlids:
            type_ = self.env.ref(xmlid, raise_if_not_found=False)
            none = self.env["l10n_latam.identification.type"]
            self._by_xmlids[xmlid] = type_ or none
        return self._by_xmlids[xmlid]

    def default_type(self):
        """The type that Odoo gives to a contact without document."""
        return self._by_xmlid(documents.DEFAULT_TYPE)

    def is_generic(self, type_):
        """Whether a type says nothing about which document it is."""
        return type_ in (
            self._by_xmlid(documents.GENERIC_TYPE)
            | self._by_xmlid(documents.DEFAULT_TYPE)
        )

    def language(self, country):
        """Code of the country's language, False when none is installed."""
        for code in LANGUAGES.get(country.code, ()):
            if self.env["res.lang"]._get_data(code=code):
                return code
        return False
