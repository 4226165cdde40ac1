from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from ..lib.backoff import get_wait
from ..lib.errors import RegistryError
from ..lib.lookup import STUBBORN
from .partner_registration_finding import OUTCOMES

WAITS = (timedelta(minutes=2), timedelta(hours=6))
PROVIDER = "partner.registry"


class PartnerRegistration(models.Model):
    """A customer at a registry: what is known, what failed, when it is asked again.

    A registry that belongs to a state has a row for each state (the scope). What was
    found in another of the registry's environments is in another row, archived while
    that environment is not asked.

    With ``sudo``: registrations are the server's; a button checks first who presses it.
    """

    _name = "partner.registration"
    _description = "Registration of a Contact"
    _order = "id"
    _rec_name = "number"

    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="partner_id.company_id", store=True, precompute=True
    )
    registry = fields.Selection([], required=True, readonly=True)
    # Both are empty texts, not nothing: a constraint is what merging contacts sees.
    scope = fields.Char("State", required=True, default="", readonly=True)
    environment = fields.Char(
        required=True, default="", readonly=True, help="Empty before anybody could ask."
    )
    active = fields.Boolean(default=True, readonly=True)
    number = fields.Char(index="btree_not_null", readonly=True)
    state = fields.Selection(
        [("pending", "To look up"), *OUTCOMES],
        "Status",
        readonly=True,
        help="Empty while it waits for somebody who can ask.",
    )
    finding_id = fields.Many2one(
        "partner.registration.finding",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )
    checked_at = fields.Datetime("Asked On", readonly=True)
    due_at = fields.Datetime("Next Look-Up", readonly=True)
    claimed_until = fields.Datetime(
        readonly=True, help="Somebody is asking, and is taken for dead from then on."
    )
    failures = fields.Integer("Failed Look-Ups", readonly=True)
    problem = fields.Json("Last Failure", readonly=True)
    proposes = fields.Boolean(
        "Other Data",
        readonly=True,
        help="The registry has other data than the contact.",
    )
    reason_text = fields.Text("Why", compute="_compute_reason_text")

    _key_uniq = models.Constraint(
        "UNIQUE (partner_id, registry, scope, environment)",
        "The customer is registered there already.",
    )
    _due_idx = models.Index("(registry, due_at) WHERE due_at IS NOT NULL")

    @api.depends("finding_id.reasons", "problem", "state", "due_at")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for registry, rows in self.sudo().grouped("registry").items():
            provider, waits = self._get_registry(registry), {}
            for row in rows:
                problem = row.problem or row._get_waiting_problem(provider, waits)
                lines = [
                    row.finding_id.reason_text,
                    problem and provider._describe(*problem),
                ]
                row.reason_text = "\n".join(filter(None, lines))

    def _get_waiting_problem(self, provider, waits):
        """Why nobody asks about a registration that is due: code and detail, or None.

        :param waits: dict company → the pauses of who asks for it, None where nobody
            does; filled here
        """
        if self.state != "pending" or not self.due_at:
            return None
        company = self.company_id
        if company not in waits:
            asker = provider._get_asker(company)
            pauses = self.env["partner.registration.pause"]
            waits[company] = pauses._get_open(self.registry, asker) if asker else None
        if waits[company] is None:
            return ["not_connected", ""]
        pause = waits[company].get(self.scope)
        return pause.problem if pause else None

    # Registries

    @api.model
    def _get_registry(self, registry):
        """The provider of a registry; the one that knows nothing, when it is gone."""
        name = f"{PROVIDER}.{registry}"
        return self.env[name if registry and name in self.env else PROVIDER]

    @api.model
    def _get_registry_names(self):
        return self._fields["registry"]._description_selection(self.env)

    @api.model
    def _get_registries(self):
        """The providers of all registries."""
        names = self._fields["registry"].get_values(self.env)
        return [self._get_registry(name) for name in names]

    # Who is looked up

    @api.model
    def _ensure(self, registry, partners, values=None):
        """The registrations of customers (sudo), made where there are none.

        :param partners: contacts; those of a customer have the customer's
        :param values: of the new ones
        """
        provider = self._get_registry(registry)
        partners = partners.commercial_partner_id.sudo()
        rows = partners.registration_ids.filtered(
            lambda row: row.registry == registry and row.active
        )
        known = {(row.partner_id, row.scope) for row in rows}
        missing = [
            {
                **(values or {}),
                "partner_id": partner.id,
                "registry": registry,
                "scope": scope,
                "number": provider._get_number(partner),
            }
            for partner in partners
            for scope in provider._get_scopes(partner)
            if (partner, scope) not in known
        ]
        return rows | self.sudo()._create_rows(missing)

    @api.model
    def _create_rows(self, vals_list):
        if not vals_list:
            return self
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.create(vals_list)
        except UniqueViolation as error:
            # Another worker's row, which this transaction is too old to see.
            raise ConcurrencyError("Another transaction made a registration") from error

    @api.model
    def _expect(self, registry, partners):
        """Customers about whom a registry was never asked: ask soon.

        Those of a company that cannot ask yet wait for nothing, and are looked up as
        soon as it can.
        """
        provider = self._get_registry(registry)
        for company, own in partners.grouped("company_id").items():
            company = company or self.env.company
            asks = provider._can_ask(company)
            values = {
                "due_at": fields.Datetime.now(),
                "state": "pending" if asks else False,
            }
            rows = self._ensure(registry, own, values)
            rows.filtered(
                lambda row, state=values["state"]: (
                    not row.due_at or (row.state or False) != state
                )
            ).write(values)
            # Nobody wakes up for a registry that is left alone for a while.
            pauses = self.env["partner.registration.pause"]
            open_ = asks and pauses._get_open(registry, company)
            self._wake(min(p.until for p in open_.values()) if open_ else None)

    @api.model
    def _request(self, registry, partners):
        """Have customers looked up soon.

        :return: the registrations; customers without a number have none
        """
        provider = self._get_registry(registry)
        partners = partners.commercial_partner_id.filtered(provider._get_number)
        return self._ensure(registry, partners)._make_due().with_env(self.env)

    def _make_due(self):
        """Have these looked up soon; those without a number are left out."""
        rows = self.sudo().filtered("number")
        rows.filtered(lambda row: not row.state).write({"state": "pending"})
        rows.write({"due_at": fields.Datetime.now()})
        if rows:
            self._wake()
        return rows

    def _renumber(self):
        """Note the number that each customer has now; another one is to be looked up,
        and what was found out about the former belongs to somebody else."""
        for registry, rows in self.grouped("registry").items():
            provider, moved = self._get_registry(registry), rows.browse()
            for row in rows:
                number = provider._get_number(row.partner_id)
                if number != (row.number or ""):
                    moved |= row
                    due = bool(number and (row.state or row.due_at))
                    row.write(
                        {
                            "number": number,
                            "state": "pending" if number and row.state else False,
                            "due_at": due and fields.Datetime.now(),
                        }
                    )
            if moved:
                provider._forget(moved)
                self._wake()

    @api.model
    def _wake(self, at=None):
        self.env.ref("partner_registry.ir_cron_look_up").sudo()._trigger(at)

    # What was found

    def _settle(self, environment, found):
        """Keep what a registry said and apply it; what failed is tried again later.

        Of registrations of one registry and scope.

        :param found: see ``partner.registry._look_up``
        :return: those about which the registry said nothing at all, for reasons of
            its own
        """
        said = [item for item in found.values() if not isinstance(item, RegistryError)]
        findings = self.env["partner.registration.finding"]
        self._apply(
            findings._store(self[:1].registry, self[:1].scope, environment, said)
        )
        failed, unsaid = {}, self.browse()
        for row in self:
            error = found.get(row.number)
            if isinstance(error, RegistryError):
                if error.code in STUBBORN:
                    failed.setdefault(error, []).append(row.id)
                else:
                    unsaid |= row
        for error, ids in failed.items():
            self.browse(ids)._fail(error)
        return unsaid

    def _apply(self, findings):
        """Apply findings to the registrations that have their number.

        Of registrations of one registry and scope.

        :param findings: dict number → finding, of one environment
        """
        rows = self.sudo().filtered(lambda row: row.number in findings)
        if rows:
            rows = rows._move_to(findings[rows[0].number].environment)
            self._get_registry(rows[0].registry)._apply(rows, findings)

    def _move_to(self, environment):
        """The registrations in another environment, where a finding is about to be
        applied; what was found in the former stays there, archived."""
        moved = self.filtered(lambda row: row.environment == environment)
        away = self - moved
        twins = {
            row.partner_id: row
            for row in self.with_context(active_test=False).search(
                [
                    ("partner_id", "in", away.partner_id.ids),
                    ("registry", "in", away.mapped("registry")),
                    ("scope", "in", away.mapped("scope")),
                    ("environment", "=", environment),
                ]
            )
        }
        for row in away:
            twin = twins.get(row.partner_id)
            if not twin and row._is_blank():
                moved |= row
                continue
            row.write({"active": False, "due_at": False, "claimed_until": False})
            # What counted until now is what the next finding is compared with.
            values = {
                "active": True,
                "number": row.number,
                "finding_id": row.finding_id.id,
                "proposes": row.proposes,
            }
            if twin:
                twin.write(values)
            moved |= twin or row.copy({**values, "environment": environment})
        return moved

    def _is_blank(self):
        """Whether nothing was ever found, nor anybody asked."""
        return not (self.environment or self.finding_id)

    @api.model
    def _merge(self, merged, kept):
        """Give a customer the registrations of those that become the same contact.

        What the customer has stays, but one without a finding gives way to one with
        it, and one never asked about to one that is asked; the rest goes along. What
        was archived stays so.
        """
        rows = self.sudo().with_context(active_test=False)
        own = {
            (row.registry, row.scope, row.environment): row
            for row in rows.search([("partner_id", "=", kept.id)])
        }
        current = {key[:2]: row for key, row in own.items() if row.active}
        theirs = rows.search([("partner_id", "in", merged.ids)])
        for row in theirs.sorted(lambda row: (not row.active, row.id)):
            key = (row.registry, row.scope, row.environment)
            mine, first = own.get(key), current.get(key[:2])
            if mine and (mine.finding_id or not row.finding_id):
                row.unlink()
                continue
            if not mine and first and row.active and first._is_blank():
                mine = own.pop((*key[:2], first.environment))
            replaces = bool(mine) and mine == first
            if mine:
                mine.unlink()
            active = replaces or (row.active and not first)
            row.write({"partner_id": kept.id, "active": active})
            own[key] = row
            if row.active:
                current[key[:2]] = row

    def _fail(self, error):
        """Note why a registry could not say anything, and when it is asked again.

        :param error: :class:`..lib.errors.RegistryError`
        """
        self.filtered(lambda row: not row.state).write({"state": "pending"})
        for before, rows in self.grouped("failures").items():
            rows.write(
                {
                    "failures": before + 1,
                    "problem": [error.code, error.detail],
                    "due_at": fields.Datetime.now() + get_wait(before + 1, *WAITS),
                    "claimed_until": False,
                }
            )

    def _is_stubborn(self):
        """Whether the registry fails on this number, as long as nothing else does."""
        return (self.problem or [None])[0] in STUBBORN

    def _is_asked(self, since):
        """Whether the registry has answered since a moment.

        :param since: naive UTC; when it was requested
        """
        if self.checked_at and self.checked_at >= since:
            return True
        # A finding that was kept is older.
        due = self.due_at and self.due_at <= fields.Datetime.now()
        return not (self.failures or due)

    # What people do

    def action_ask(self):
        """Ask the registries about these now.

        :raises UserError: there is nothing to ask, or nothing was said at all
        """
        self._check_may_ask()
        asked, rows = [], self.sudo().filtered("number")
        for registry, own in rows.grouped("registry").items():
            provider = self._get_registry(registry)
            places = [(row.company_id, row.scope, row.number) for row in own]
            asked.append((provider, own, provider._look_up_now(places)))
        # No row is locked while another registry is awaited.
        for provider, own, said in asked:
            provider._settle_now(own, said)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_ask_many(self):
        """Have many looked up by the scheduled action, and follow it."""
        self._check_may_ask()
        return self.env["partner.registration.batch"]._start(
            self._make_due(), self.filtered(lambda row: not row.number)
        )

    def action_review(self):
        """Show what the registry has that the contact has not, and choose."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Data at the Registry"),
            "res_model": "partner.registration.review",
            "view_mode": "form",
            "target": "new",
            "context": {"default_registration_id": self.id},
        }

    @api.model
    def action_open_work(self):
        """Open the registrations about which somebody has to decide, or may take data
        over."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_registry.partner_registration_action_work"
        )
        action["domain"] = list(self._get_work_domain())
        return action

    @api.model
    def _get_work_domain(self):
        work = Domain.OR(
            Domain("registry", "=", provider._get_name())
            & Domain(provider._get_work_domain())
            for provider in self._get_registries()
        )
        return Domain("partner_id.active", "=", True) & (
            work | Domain("proposes", "=", True)
        )

    def _check_may_ask(self):
        """:raises UserError: there is nothing to look up
        :raises AccessError: a customer is not theirs to edit"""
        self.check_access("read")
        self.partner_id.check_access("write")
        if not any(self.mapped("number")):
            raise UserError(self.env._("There is no valid number to look up."))
