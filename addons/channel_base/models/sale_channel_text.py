import re

from odoo import api, models
from odoo.tools import SQL, LazyTranslate

from ..lib.errors import SEVERAL, reason, split_reason

_lt = LazyTranslate(__name__)

PARAMETER = re.compile(r"%\(\w+\)s")

ERRORS = {
    "retryable": _lt("The channel could not be reached; it is tried again."),
    "suspended": _lt(
        "The channel does not let the account do this at the moment; it goes on by "
        "itself."
    ),
    "auth_required": _lt("The channel refused the credentials: connect it again."),
    "mapping_missing": _lt(
        "Nothing is mapped for “%(label)s” (%(kind_name)s). Fill it in the de-para."
    ),
    "attempts_exhausted": _lt(
        "Tried %(attempts)s times without success. Check the cause and retry."
    ),
    "http": _lt("The channel refused the request (HTTP %(status)s)."),
    "payload_invalid": _lt(
        "The channel's data cannot be read (%(field)s). The raw data is kept."
    ),
    "response_too_large": _lt("The channel's answer is too large to be true."),
    "unexpected": _lt("Unexpected problem: %(detail)s"),
    "account_taken": _lt(
        "The account is already connected to %(channel)s: release it there first."
    ),
    "account_taken_elsewhere": _lt(
        "The account is already connected to another channel, of another company."
    ),
    "account_changed": _lt(
        "This channel belongs to the account %(account)s. Another account "
        "needs a channel of its own."
    ),
    "account_mismatch": _lt(
        "The access is another account's than %(account)s, for which the channel "
        "answers: connect it again."
    ),
    "oauth_refused": _lt("The channel refused the authorisation (%(error)s)."),
    "database_copied": _lt(
        "This database is a copy or a restored backup. If the original is not "
        "used any more, press “Use here” on the credential."
    ),
    "no_provider": _lt("Nothing is installed (any more) that knows this channel."),
    "other_account": _lt("The order belongs to another seller's account."),
    "not_found": _lt("The channel does not know this record (any more)."),
    "forbidden": _lt("The channel does not allow this account to read it."),
}


class SaleChannelText(models.AbstractModel):
    """The sentences that people read for what is stored as code and parameters.

    One catalogue for the whole suite: whatever stores a code can use any addon's words.
    Texts are lazy (``LazyTranslate``), so that only those that are shown are looked up;
    they hold ``%(name)s`` parameters.

    With ``sudo``: the name of a kind of de-para is no secret.
    """

    _name = "sale.channel.text"
    _description = "Texts of Sales Channels"

    @api.model
    def _get_errors(self):
        """Code → text: why something did not go through, or what it waits for.

        Addons extend it for the codes that they raise or store.
        """
        return dict(ERRORS)

    @api.model
    def _get_texts(self):
        """Code → text: errors, and whatever else is told.

        Addons extend it for the codes that they tell. A code has one meaning.
        """
        return self._get_errors()

    @api.model
    def _format(self, code, params=None):
        """The sentence in the user's language.

        :param code: of :meth:`_get_texts`, or ``http_`` and a status; may be empty
        :param params: dict; parameters that are missing must not stop a list view
        :return: the code when nobody has words for it; False when there is none
        """
        if not code:
            return False
        if code == SEVERAL:
            parts = split_reason(code, params)
            return " · ".join(self._format(*part) for part in parts) or code
        text = self._get_texts().get(self._get_key(code))
        if text is None:
            return code
        sentence = self.env._(text)
        if code.startswith("http_"):
            params = {"status": code[5:], **(params or {})}
        try:
            return sentence % (params or {})
        except (KeyError, ValueError, TypeError):
            return sentence

    @api.model
    def _explain(self, row):
        """Why a row that is synchronised did not go through; False when it did."""
        params = dict(row.error_params or {})
        if row.blocked_mapping_id:
            params["kind_name"] = row.blocked_mapping_id.sudo().kind_id.name
        return self._format(row.error_code, params)

    @api.model
    def _get_key(self, code):
        """The code under which a stored one is found."""
        return "http" if code.startswith("http_") else code

    @api.model
    def _get_kinds_of_error(self):
        """The errors without what is particular to one record, as a Selection."""
        errors = self._get_errors()
        kinds = [(code, self._shorten(self.env._(errors[code]))) for code in errors]
        return [*sorted(kinds), ("other", self.env._("Another reason"))]

    @api.model
    def _shorten(self, text):
        """The first sentence of a text, with dots for its parameters."""
        return PARAMETER.sub("…", text).split(". ")[0].rstrip(".")[:100]

    @api.model
    def _get_stores(self):
        """Where codes of errors are stored: list of (model, field).

        Addons extend it for their own models; rows that are synchronised are known.
        """
        names = self.env.registry.descendants(["sale.channel.sync.mixin"], "_inherit")
        return [
            ("sale.channel.flow.state", "last_error_code"),
            ("sale.channel.run", "error_code"),
            *((n, "error_code") for n in sorted(names) if not self.env[n]._abstract),
        ]

    @api.model
    def _rename(self, old, new):
        """Give a code of an error another name, in all that is stored."""
        for model, field in self._get_stores():
            table, column = map(SQL.identifier, (self.env[model]._table, field))
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = %s",
                    *(table, column, new, column, old),
                )
            )
            self.env[model].invalidate_model([field])

    @api.model
    def _describe(self, error):
        """What an exception says to people; see :func:`..lib.errors.reason`."""
        return self._format(*reason(error))
