import hashlib
import json

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

DETERMINED = "determined"
OUTCOMES = [
    (DETERMINED, "Determined"),
    ("undetermined", "Undetermined"),
    ("conflict", "Contradiction"),
    ("not_found", "Not in the registry"),
]
# Who may read all that a registry tells about somebody.
DECIDERS = "partner_registry.group_registry"


class PartnerRegistrationFinding(models.Model):
    """What a registry said about a number, and what follows from it.

    A row is never rewritten: another content is another row, so that a document can
    always show the one that it went by.

    With ``sudo``: findings are the server's.
    """

    _name = "partner.registration.finding"
    _description = "Finding of a Registry"
    _order = "id desc"
    _rec_name = "number"

    registry = fields.Selection(
        lambda self: self.env["partner.registration"]._get_registry_names(),
        required=True,
        readonly=True,
    )
    scope = fields.Char("State", required=True, default="", readonly=True)
    environment = fields.Char(required=True, readonly=True)
    number = fields.Char(required=True, index=True, readonly=True)
    is_current = fields.Boolean("Latest", readonly=True)
    fetched_at = fields.Datetime("First Received", required=True, readonly=True)
    checked_at = fields.Datetime(
        "Last Received", required=True, readonly=True, help="With this very content."
    )
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    verdict = fields.Char(
        readonly=True, help="What was decided, in the registry's code."
    )
    reasons = fields.Json(readonly=True)
    reason_text = fields.Text("Why", compute="_compute_reason_text")
    name = fields.Char("Name at the Registry", readonly=True)
    data = fields.Json(readonly=True, groups=DECIDERS)
    raw = fields.Text("As Received", readonly=True, groups=DECIDERS)
    content_hash = fields.Char(required=True, readonly=True)

    _current_uniq = models.UniqueIndex(
        "(registry, scope, environment, number) WHERE is_current",
        "The number has a latest finding already.",
    )

    @api.depends("number", "fetched_at")
    def _compute_display_name(self):
        for finding in self:
            date = fields.Date.to_string(finding.fetched_at)
            finding.display_name = f"{finding.number} ({date})"

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for registry, findings in self.grouped("registry").items():
            texts = findings._get_registry(registry)._get_reason_texts()
            for finding in findings:
                finding.reason_text = "\n".join(
                    (texts[code] % params).strip() if code in texts else code
                    for code, params in finding.reasons or []
                )

    @api.model
    def _get_registry(self, registry):
        return self.env["partner.registration"]._get_registry(registry)

    @api.model
    def _find(self, registry, scope, environment, numbers, newer_than=None):
        """Findings that are kept: dict number → the latest one.

        :param newer_than: naive UTC; older ones count as missing
        """
        if not numbers:
            return {}
        domain = [
            ("registry", "=", registry),
            ("scope", "=", scope),
            ("environment", "=", environment),
            ("number", "in", list(numbers)),
            ("is_current", "=", True),
        ]
        if newer_than:
            domain.append(("checked_at", ">=", newer_than))
        names = ["number", "checked_at", "content_hash"]
        found = self.sudo().search_fetch(domain, names)
        return {finding.number: finding for finding in found}

    @api.model
    def _store(self, registry, scope, environment, said):
        """Keep what a registry said: dict number → the latest finding.

        :param said: iterable of what ``partner.registry._look_up`` gives
        :raises ConcurrencyError: another transaction has stored one of them
        """
        provider, now = self._get_registry(registry), fields.Datetime.now()
        wanted = {item.number: item for item in said}
        known = self._find(registry, scope, environment, wanted)
        prepared = provider._prepare_findings(list(wanted.values()))
        created, outdated, same = [], self.sudo().browse(), self.sudo().browse()
        for number, values in prepared.items():
            digest = self._digest(values)
            current = known.get(number)
            if current and current.content_hash == digest:
                same |= current
                continue
            if current:
                outdated |= current
            created.append(
                {
                    **values,
                    "registry": registry,
                    "scope": scope,
                    "environment": environment,
                    "number": number,
                    "is_current": True,
                    "fetched_at": now,
                    "checked_at": now,
                    "content_hash": digest,
                }
            )
        same.write({"checked_at": now})
        outdated.write({"is_current": False})
        outdated.flush_recordset(["is_current"])
        findings = same | self.sudo()._create_rows(created)
        return {finding.number: finding for finding in findings}

    @api.model
    def _create_rows(self, vals_list):
        if not vals_list:
            return self
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.create(vals_list)
        except UniqueViolation as error:
            # Another worker's row, which this transaction is too old to see.
            raise ConcurrencyError("Another transaction stored a finding") from error

    @api.model
    def _digest(self, values):
        content = [values["data"], values.get("verdict") or "", values["reasons"]]
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _means_the_same(self, other):
        """Whether the decision is that of another finding, whatever else changed."""
        return bool(self and other) and (
            (self.outcome, self.verdict or "", self.reasons)
            == (other.outcome, other.verdict or "", other.reasons)
        )
