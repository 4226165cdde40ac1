import hashlib
import json
import unicodedata
from dataclasses import replace

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools import mute_logger

from ..lib.responsibility import decide
from ..lib.taxpayer import load

# Who may read all that ARCA tells about somebody.
ACCOUNTANTS = "account.group_account_invoice,account.group_account_readonly"
OUTCOMES = [
    ("determined", "Determined"),
    ("undetermined", "Undetermined"),
    ("conflict", "Contradiction"),
    ("not_found", "Not in the registry"),
]


def _fold(text):
    plain = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in plain if c.isalnum() or c.isspace())
    return " ".join(kept.casefold().split())


class PadronAnswer(models.Model):
    """What ARCA's registry answered about a CUIT, and what follows from it.

    A row is never rewritten: another answer is another row, so that an invoice can
    always show the one that decided its letter.
    """

    _name = "l10n_ar.padron.answer"
    _description = "Answer of ARCA's Registry"
    _order = "id desc"
    _rec_name = "number"

    number = fields.Char("CUIT", required=True, index=True, readonly=True)
    environment = fields.Char(required=True, readonly=True)
    is_current = fields.Boolean("Latest", readonly=True)
    fetched_at = fields.Datetime("First Received", required=True, readonly=True)
    checked_at = fields.Datetime(
        "Last Received", required=True, readonly=True, help="With this very content."
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    responsibility_id = fields.Many2one(
        "l10n_ar.afip.responsibility.type", "ARCA Responsibility", readonly=True
    )
    reasons = fields.Json(readonly=True)
    reason_text = fields.Text("Why", compute="_compute_reason_text")
    name = fields.Char("Name at ARCA", readonly=True)
    data = fields.Json(readonly=True, groups=ACCOUNTANTS)
    raw = fields.Text("As Received", readonly=True, groups=ACCOUNTANTS)
    content_hash = fields.Char(required=True, readonly=True)

    _current_uniq = models.UniqueIndex(
        "(environment, number) WHERE is_current",
        "The CUIT has a latest answer already.",
    )

    @api.depends("number", "fetched_at")
    def _compute_display_name(self):
        for answer in self:
            date = fields.Date.to_string(answer.fetched_at)
            answer.display_name = f"{answer.number} ({date})"

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        texts = self._get_reason_texts()
        for answer in self:
            answer.reason_text = "\n".join(
                (texts[code] % params).strip() if code in texts else code
                for code, params in answer.reasons or []
            )

    @api.model
    def _get_reason_texts(self):
        """Code of a reason → sentence in the user's language."""
        return {
            **self._get_tax_reason_texts(),
            "not_found": self.env._("ARCA's registry has nobody with this number."),
            "not_a_cuit": self.env._(
                "ARCA says that this number is not a CUIT but a CUIL: %(messages)s"
            ),
            "cuil": self.env._(
                "ARCA says that the kind of this number is CUIL: a person who is "
                "registered for no tax."
            ),
            "kind": self.env._(
                "ARCA says that the kind of this number is %(kind)s, and not CUIT."
            ),
            "not_issued_silently": self.env._(
                "ARCA issues no certificate of registration, and does not say why."
            ),
            "not_issued": self.env._(
                "ARCA issues no certificate of registration: %(messages)s"
            ),
            "inactive": self.env._("The CUIT is not active: %(state)s."),
        }

    @api.model
    def _get_tax_reason_texts(self):
        """The same, of the reasons that come from taxes."""
        return {
            "conflict": self.env._(
                "Registered at the same time for what excludes each other: %(taxes)s."
            ),
            "monotributo": self.env._(
                "Registered for the simplified regime (tax 20). %(category)s"
            ),
            "monotributo_21": self.env._(
                "Registered for the simplified regime (tax 21). %(category)s"
            ),
            "category": self.env._(
                "Has a category of the simplified regime, whose tax ARCA does not "
                "list: %(category)s"
            ),
            "registered": self.env._("Registered for IVA (tax 30)."),
            "exempt": self.env._("Registered as exempt from IVA (tax 32)."),
            "not_reached": self.env._(
                "Registered as not reached by IVA (tax 34), and for no other tax that "
                "concerns it."
            ),
            "also_not_reached": self.env._(
                "Some activities are not reached by IVA (tax 34); that takes nothing "
                "away from the registration."
            ),
            "abolished": self.env._(
                "Registered as “responsable no inscripto” (tax 33), which was "
                "abolished."
            ),
            "no_tax": self.env._("Registered for no tax that concerns IVA."),
            "no_tax_setting": self.env._(
                "Registered for no tax that concerns IVA; the settings say what that "
                "means."
            ),
            "none_active": self.env._("None of the taxes that concern IVA is active."),
            "incomplete": self.env._(
                "ARCA lists no tax that concerns IVA, and complains."
            ),
            "complaint_silently": self.env._(
                "ARCA complains without saying of what (%(block)s)."
            ),
            "complaint": self.env._("ARCA also says: %(messages)s"),
            "tax_not_active": self.env._("The tax %(tax)s is not active (%(state)s)."),
            "deceased": self.env._("The person has died; it is an estate."),
        }

    @api.model
    def _get_taxpayer(self):
        """The answer in the words of the registry."""
        self.ensure_one()
        return load(self.data or {"number": self.number, "found": False})

    @api.model
    def _is_same(self, ours, theirs):
        """Whether two texts or records say the same; case and accents do not count."""
        if isinstance(theirs, str):
            return _fold(ours or "") == _fold(theirs)
        return (ours or False) == (theirs or False)

    @api.model
    def _prepare_address(self, taxpayer):
        """The fiscal address as values of a contact; empty when there is none."""
        address = taxpayer.address
        if not address or not address.street:
            return {}
        country = self.env.ref("base.ar")
        state = country.state_ids.filtered(lambda state: state.code == address.state)
        values = {
            "street": address.street,
            "street2": address.extra,
            "city": address.city,
            "zip": address.zip,
            "state_id": state.id,
            "country_id": country.id,
        }
        return {name: value for name, value in values.items() if value}

    # Looking up. Split in three, so that nobody waits for ARCA in a transaction that
    # has written something.

    @api.model
    def _find(self, environment, numbers, newer_than=None):
        """Answers that are kept: dict number → the latest one.

        :param newer_than: naive UTC; older ones count as missing
        """
        domain = [
            ("environment", "=", environment),
            ("number", "in", list(numbers)),
            ("is_current", "=", True),
        ]
        if newer_than:
            domain.append(("checked_at", ">=", newer_than))
        return {answer.number: answer for answer in self.sudo().search(domain)}

    @api.model
    def _ask(self, registry, numbers, alone=()):
        """Ask ARCA; touches no record.

        :param registry: :class:`..lib.registry.Registry`
        :param numbers: valid CUITs, each once
        :param alone: those of them that failed alone before
        :return: dict number → taxpayer or :class:`ArcaError`, of all the numbers
        """
        found = {}
        for part in registry.get_taxpayers(numbers, alone):
            found.update(part)
        return found

    @api.model
    def _store(self, environment, taxpayers):
        """Keep answers: dict number → the latest one.

        :param taxpayers: iterable of :class:`..lib.taxpayer.Taxpayer`
        :raises ConcurrencyError: another transaction has stored one of the answers
        """
        answers, now = self.sudo(), fields.Datetime.now()
        wanted = {taxpayer.number: taxpayer for taxpayer in taxpayers}
        untaxed = self._get_untaxed()
        types = self._get_responsibilities()
        known = self._find(environment, wanted)
        values, outdated, same = [], self.sudo().browse(), self.sudo().browse()
        for number, taxpayer in wanted.items():
            decision = decide(taxpayer, untaxed.code or "")
            data = taxpayer.to_json()
            reasons = [[reason.code, reason.params] for reason in decision.reasons]
            digest = self._digest(data, decision.responsibility, reasons)
            current = known.get(number)
            if current and current.content_hash == digest:
                same |= current
                continue
            if current:
                outdated |= current
            values.append(
                {
                    "number": number,
                    "environment": environment,
                    "is_current": True,
                    "fetched_at": now,
                    "checked_at": now,
                    "outcome": decision.outcome,
                    "responsibility_id": types.get(
                        decision.responsibility, untaxed.browse()
                    ).id,
                    "reasons": reasons,
                    "name": taxpayer.name,
                    "data": data,
                    "raw": taxpayer.raw,
                    "content_hash": digest,
                }
            )
        same.write({"checked_at": now})
        outdated.write({"is_current": False})
        outdated.flush_recordset(["is_current"])
        created = answers._create_rows(values)
        return {answer.number: answer for answer in same | created}

    @api.model
    def _redecide_other_kinds(self):
        """Decide anew about keys that are no CUIT, which once were taken for one."""
        kinds = Domain("raw", "like", "tipoClave>CUIL<") | Domain(
            "raw", "like", "tipoClave>CDI<"
        )
        old = self.search(
            Domain("is_current", "=", True)
            & Domain("outcome", "=", "determined")
            & kinds
        )
        for environment, answers in old.grouped("environment").items():
            moments = {answer.number: answer.checked_at for answer in answers}
            partners = self.env["res.partner"].search(
                [("l10n_ar_padron_answer_id", "in", answers.ids)]
            )
            found = self._store(
                environment,
                [replace(answer._get_taxpayer(), raw=answer.raw) for answer in answers],
            )
            for number, answer in found.items():
                # ARCA was not asked now.
                answer.checked_at = moments[number]
            partners._l10n_ar_padron_apply(found)

    @api.model
    def _create_rows(self, vals_list):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.create(vals_list)
        except UniqueViolation as error:
            # Another worker's row, which this transaction is too old to see.
            raise ConcurrencyError("Another transaction stored an answer") from error

    @api.model
    def _digest(self, data, responsibility, reasons):
        content = json.dumps([data, responsibility, reasons], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @api.model
    def _get_untaxed(self):
        value = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("l10n_ar_padron.untaxed_id")
        )
        types = self.env["l10n_ar.afip.responsibility.type"]
        return types.browse(int(value)).exists() if value else types

    @api.model
    def _get_responsibilities(self):
        """Code → responsibility; an archived one is what ARCA says too."""
        types = self.env["l10n_ar.afip.responsibility.type"].sudo()
        found = types.with_context(active_test=False).search([("code", "!=", False)])
        return {record.code: record for record in found.with_env(types.env)}

    def _means_the_same(self, other):
        """Whether the decision is that of another answer, whatever else changed."""
        return bool(self and other) and (
            (self.outcome, self.responsibility_id, self.reasons)
            == (other.outcome, other.responsibility_id, other.reasons)
        )
