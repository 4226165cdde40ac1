from contextlib import contextmanager
from datetime import timedelta

from psycopg2.errors import (
    DeadlockDetected,
    LockNotAvailable,
    SerializationFailure,
)

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError

from ..lib.errors import ArcaError
from ..lib.responsibility import DETERMINED, NOT_DEDUCIBLE

RESPONSIBILITY = "l10n_ar_afip_responsibility_type_id"
# In the context of a write: its caller sees to what follows from a responsibility.
# Not a value that could come from outside.
LATER = object()
BACKOFF = (timedelta(minutes=2), timedelta(hours=6))
# Who was never looked up takes what ARCA has just said about somebody else with the
# same number; who asks again is asked about.
KEPT_FOR = timedelta(days=1)
# What another transaction may do to one that writes the same customers.
CONFLICTS = (
    ConcurrencyError,
    DeadlockDetected,
    LockNotAvailable,
    SerializationFailure,
)


class PadronLookupMixin(models.AbstractModel):
    """What a contact does to be looked up, and with what was answered."""

    _name = "l10n_ar.padron.lookup.mixin"
    _description = "Look-Up at ARCA of a Contact"

    # Look-ups that people ask for

    def action_l10n_ar_padron_update(self):
        """Ask ARCA about these customers now.

        :raises UserError: none of them has a CUIT, or ARCA cannot be asked
        """
        partners = self.commercial_partner_id
        partners.check_access("write")
        numbers = {p._l10n_ar_get_cuit() for p in partners} - {""}
        if not numbers:
            raise UserError(self.env._("There is no valid CUIT to look up."))
        certificate = partners._l10n_ar_get_arca_certificate()
        try:
            registry = certificate._get_registry()
            answers = self.env["l10n_ar.padron.answer"]
            found = answers._ask(registry, sorted(numbers))
        except ArcaError as error:
            raise UserError(certificate._describe(error.code, error.detail)) from error
        errors = [item for item in found.values() if isinstance(item, ArcaError)]
        if len(errors) == len(found):
            raise UserError(certificate._describe(errors[0].code, errors[0].detail))
        partners._l10n_ar_padron_settle(certificate.sudo().environment, found)
        if len(partners) == 1 and partners.l10n_ar_padron_proposes:
            return partners.action_l10n_ar_padron_review()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_l10n_ar_padron_review(self):
        """Show what ARCA has that the contact has not, and choose what to take."""
        partner = self.commercial_partner_id
        partner.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Data at ARCA"),
            "res_model": "l10n_ar.padron.review",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": partner.id},
        }

    def action_l10n_ar_padron_find_cuit(self):
        """Find the CUIT of a person by their DNI."""
        partner = self.commercial_partner_id
        partner.ensure_one()
        partner.check_access("write")
        return self.env["l10n_ar.padron.dni"]._open(partner)

    def action_l10n_ar_padron_update_many(self):
        """Have many customers looked up, and follow it."""
        return self.env["l10n_ar.padron.batch"]._start(self)

    def action_l10n_ar_padron_confirm(self):
        """Show an accountant what confirming these fiscal data would do.

        :raises AccessError: only who makes invoices may do this
        :raises UserError: there is nothing to confirm
        """
        partners = self._l10n_ar_as_accountant()
        return self.env["l10n_ar.padron.confirm"]._open(partners)

    def action_l10n_ar_padron_final_consumer(self):
        """An accountant decides: Consumidor Final, and the number is a CUIL.

        :raises AccessError: only who makes invoices may do this
        :raises UserError: a customer has no CUIT
        """
        partners = self._l10n_ar_as_accountant()
        if not all(partner._l10n_ar_get_cuit() for partner in partners):
            raise UserError(self.env._("There is no valid CUIT to look up."))
        with partners._l10n_ar_deciding("consumer"):
            for partner in partners:
                partner._l10n_ar_write_type(
                    self.env.ref("l10n_ar.it_CUIL"),
                    {RESPONSIBILITY: self.env.ref("l10n_ar.res_CF").id},
                )
            partners._l10n_ar_padron_confirm()

    def _l10n_ar_write_type(self, identification_type, values):
        """Write another identification type for the same number.

        What ARCA said about the number goes on being the reason.

        :param values: what else is written
        """
        names = ("state", "answer_id", "checked_at", "problem")
        said = self._convert_fields_to_values(
            [f"l10n_ar_padron_{name}" for name in names]
        )
        number = self.vat
        self.write(
            {
                **values,
                "l10n_latam_identification_type_id": identification_type.id,
                "vat": number,
            }
        )
        self.sudo().write(said)

    def action_l10n_ar_padron_accept(self):
        """An accountant takes ARCA's responsibility instead of the person's.

        :raises AccessError: only who makes invoices may do this
        """
        partners = self._l10n_ar_as_accountant().filtered(
            lambda partner: partner.l10n_ar_padron_answer_id.outcome == DETERMINED
        )
        with partners._l10n_ar_deciding("taken"):
            for partner in partners:
                partner._l10n_ar_set_responsibility(
                    partner.l10n_ar_padron_answer_id.responsibility_id
                )

    @contextmanager
    def _l10n_ar_deciding(self, kind):
        """Write down, as something that can be undone, what is decided inside.

        :param kind: see ``l10n_ar.padron.decision``
        """
        decisions = self.env["l10n_ar.padron.decision"].sudo()
        before = {partner: decisions._read(partner) for partner in self}
        yield
        decisions._record(kind, before)

    def _l10n_ar_restore(self, before, now):
        """Put fiscal data back.

        :param before: what ``l10n_ar.padron.decision._read`` said, to be restored
        :param now: what it says
        """
        self.ensure_one()
        values = {name: value for name, value in before.items() if value != now[name]}
        if identification := values.pop("l10n_latam_identification_type_id", None):
            types = self.env["l10n_latam.identification.type"]
            self._l10n_ar_write_type(types.browse(identification), {})
        if values:
            # With its origin: nobody chooses it now.
            origin = "l10n_ar_responsibility_origin"
            self.sudo().write({origin: before[origin], **values})

    def _l10n_ar_get_held_amount(self, company):
        """Money of the customer's invoices that wait for the fiscal data.

        :return: in the company's currency
        """
        drafts = self.env["account.move"].search(self._l10n_ar_get_held_domain(company))
        return sum(drafts.mapped("amount_total_signed"))

    def _l10n_ar_get_held_domain(self, company):
        return [
            ("commercial_partner_id", "in", self.ids),
            ("company_id", "=", company.id),
            ("move_type", "=", "out_invoice"),
            ("state", "=", "draft"),
        ]

    def _l10n_ar_as_accountant(self):
        """The customers, for a decision that takes no right to edit contacts.

        :raises AccessError: the user does not make invoices
        """
        partners = self.commercial_partner_id
        partners.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            raise AccessError(self.env._("Only who makes invoices may decide this."))
        return partners.sudo()

    def _l10n_ar_padron_confirm(self):
        self.sudo().write(
            {
                "l10n_ar_padron_confirmed_id": self.env.uid,
                "l10n_ar_padron_confirmed_at": fields.Datetime.now(),
            }
        )
        self._l10n_ar_on_fiscal_settled()

    def _l10n_ar_on_fiscal_settled(self):
        """The fiscal data of these customers are settled, by ARCA or by a person.

        Addons whose rows wait for it extend this.
        """
        self._l10n_ar_apply_positions()

    def _l10n_ar_on_responsibility_changed(self):
        """The responsibility of these customers is another one now, whoever said so.

        Addons whose documents go by it extend this.
        """
        self._l10n_ar_apply_positions()

    # Applying answers

    def _l10n_ar_get_arca_certificate(self):
        """The certificate with which these customers are looked up, maybe empty."""
        companies = self.company_id or self.env.company
        certificates = companies.sudo().l10n_ar_arca_certificate_id
        if not certificates:
            certificates = (
                self.env["res.company"]
                .sudo()
                .search(
                    [("l10n_ar_arca_certificate_id", "!=", False)], order="id", limit=1
                )
                .l10n_ar_arca_certificate_id
            )
        return certificates[:1].with_env(self.env)

    def _l10n_ar_padron_settle(self, environment, found):
        """Keep what ARCA answered and apply it; what failed is tried again later.

        :param found: see ``l10n_ar.padron.answer._ask``
        """
        taxpayers = [t for t in found.values() if not isinstance(t, ArcaError)]
        answers = self.env["l10n_ar.padron.answer"]._store(environment, taxpayers)
        self._l10n_ar_padron_apply(answers)
        errors = {n: e for n, e in found.items() if isinstance(e, ArcaError)}
        failed = {}
        for partner in self if errors else ():
            if error := errors.get(partner._l10n_ar_get_cuit()):
                failed.setdefault(error, []).append(partner.id)
        for error, ids in failed.items():
            self.browse(ids)._l10n_ar_padron_fail(error)

    def _l10n_ar_padron_apply(self, answers):
        """Apply answers to the customers that have their number.

        :param answers: dict CUIT → ``l10n_ar.padron.answer``
        """
        settled, decided, changed = self.browse(), self.browse(), self.browse()
        for partner in self:
            answer = answers.get(partner._l10n_ar_get_cuit())
            if not answer:
                continue
            if answer.outcome == DETERMINED:
                decided |= partner
                if partner.l10n_ar_fiscal_pending:
                    settled |= partner
            before = partner[RESPONSIBILITY]
            vals = partner._l10n_ar_prepare_applied(answer)
            # What follows is done for all of them at once.
            later = partner.sudo().with_context(l10n_ar_padron_follow=LATER)
            later.write(vals)
            if before != partner[RESPONSIBILITY]:
                changed |= partner
                partner._l10n_ar_tell_responsibility(before)
        changed |= decided._l10n_ar_apply_positions()
        changed._l10n_ar_on_responsibility_changed()
        settled._l10n_ar_on_fiscal_settled()

    def _l10n_ar_prepare_applied(self, answer):
        self.ensure_one()
        days = (self.company_id or self.env.company).l10n_ar_padron_refresh_days
        last = self.sudo().l10n_ar_padron_answer_id
        vals = {
            "l10n_ar_padron_state": answer.outcome,
            "l10n_ar_padron_answer_id": answer.id,
            "l10n_ar_padron_checked_at": answer.checked_at,
            "l10n_ar_padron_due_at": days > 0
            and answer.checked_at + timedelta(days=days),
            "l10n_ar_padron_failures": 0,
            "l10n_ar_padron_problem": False,
            "l10n_ar_padron_differs": False,
        }
        # Who was told to keep the contact is not asked again about the same answer.
        if answer != last or self.l10n_ar_padron_proposes:
            vals["l10n_ar_padron_proposes"] = bool(self._l10n_ar_get_proposal(answer))
        if not answer._means_the_same(last):
            # What a person confirmed was another answer.
            vals["l10n_ar_padron_confirmed_id"] = False
            vals["l10n_ar_padron_confirmed_at"] = False
        if answer.outcome == DETERMINED:
            vals.update(self._l10n_ar_prepare_decided(answer.responsibility_id))
        return vals

    def _l10n_ar_prepare_decided(self, responsibility):
        """Values that follow from a determined responsibility."""
        current = self[RESPONSIBILITY]
        if current == responsibility:
            # A person's choice goes on being one, also when ARCA changes its mind.
            chosen = self.l10n_ar_responsibility_origin == "person"
            return {} if chosen else {"l10n_ar_responsibility_origin": "registry"}
        if current and self._l10n_ar_is_chosen():
            return {"l10n_ar_padron_differs": True}
        return {
            RESPONSIBILITY: responsibility.id,
            "l10n_ar_responsibility_origin": "registry",
        }

    def _l10n_ar_is_chosen(self):
        """Whether the responsibility is a person's, or one that cannot be deduced.

        What was there before anybody noted by whom counts as a person's.
        """
        origin = self.l10n_ar_responsibility_origin
        return origin in ("person", False) or (
            self[RESPONSIBILITY].code in NOT_DEDUCIBLE and origin != "customer"
        )

    def _l10n_ar_set_responsibility(self, responsibility):
        before = self[RESPONSIBILITY]
        self.sudo().write(
            {
                RESPONSIBILITY: responsibility.id,
                "l10n_ar_responsibility_origin": "registry",
                "l10n_ar_padron_differs": False,
            }
        )
        self._l10n_ar_tell_responsibility(before)

    def _l10n_ar_tell_responsibility(self, before):
        """Leave a note where a responsibility was replaced."""
        if before:
            self._message_log(
                body=self.env._(
                    "ARCA's registry: the responsibility was %(before)s and is now "
                    "%(now)s.",
                    before=before.display_name,
                    now=self[RESPONSIBILITY].display_name,
                )
            )

    def _l10n_ar_apply_positions(self):
        """Apply the table *Fiscal Positions by Responsibility*.

        :return: those whose position is another one now
        """
        if not self:
            return self
        return (
            self.env["l10n_ar.padron.position"].sudo()._apply(self).with_env(self.env)
        )

    def _l10n_ar_padron_fail(self, error):
        """Note why ARCA could not be asked, and when it will be again."""
        first, longest = BACKOFF
        unasked = self.filtered(lambda partner: not partner.l10n_ar_padron_state)
        unasked.sudo().write({"l10n_ar_padron_state": "pending"})
        for before, partners in self.grouped("l10n_ar_padron_failures").items():
            failures = min(before + 1, 20)
            wait = min(first * 2 ** (failures - 1), longest)
            partners.sudo().write(
                {
                    "l10n_ar_padron_failures": failures,
                    "l10n_ar_padron_problem": [error.code, error.detail],
                    "l10n_ar_padron_due_at": fields.Datetime.now() + wait,
                }
            )

    def _l10n_ar_padron_expect(self):
        """Customers with a CUIT that ARCA was never asked about: ask soon.

        Those of a company that does not ask ARCA yet wait for nothing, and are looked
        up as soon as it has a certificate.
        """
        for company, partners in self.grouped("company_id").items():
            asks = (company or self.env.company).sudo().l10n_ar_arca_certificate_id
            state = {"l10n_ar_padron_state": "pending"} if asks else {}
            due = self._l10n_ar_get_ask_time(asks)
            partners.sudo().write({**state, "l10n_ar_padron_due_at": due})
            self.env.ref("l10n_ar_padron.ir_cron_refresh").sudo()._trigger(due)

    @api.model
    def _l10n_ar_get_ask_time(self, certificate):
        """When ARCA may be asked next with a certificate, maybe an empty one."""
        return fields.Datetime.now()

    def _l10n_ar_padron_request(self):
        """Have these customers looked up soon; those without a CUIT are left out."""
        partners = self.commercial_partner_id.filtered(lambda p: p._l10n_ar_get_cuit())
        partners = partners.sudo()
        partners.filtered(lambda p: not p.l10n_ar_padron_state).write(
            {"l10n_ar_padron_state": "pending"}
        )
        partners.write({"l10n_ar_padron_due_at": fields.Datetime.now()})
        partners = partners.with_env(self.env)
        if partners:
            self._l10n_ar_padron_wake()
        return partners

    def _l10n_ar_is_asked(self, since):
        """Whether ARCA has answered about the customer since a moment.

        :param since: naive UTC; when it was requested
        """
        checked, due = self.l10n_ar_padron_checked_at, self.l10n_ar_padron_due_at
        if checked and checked >= since:
            return True
        # An answer that was kept is older.
        waits = self.l10n_ar_padron_failures or (due and due <= fields.Datetime.now())
        return not waits

    # What ARCA has besides the responsibility

    def _l10n_ar_get_name_field(self):
        """Field that holds the name in which the customer is invoiced."""
        return "name"

    def _l10n_ar_get_proposal(self, answer):
        """What ARCA has and the contact has not: field → value.

        Names and places are compared without case and accents.
        """
        self.ensure_one()
        taxpayer = answer._get_taxpayer()
        if not taxpayer.has_data:
            return {}
        proposal = {}
        name = self._l10n_ar_get_name_field()
        if taxpayer.name and not answer._is_same(self[name], taxpayer.name):
            proposal[name] = taxpayer.name
        place = answer._prepare_address(taxpayer)
        now = self._convert_fields_to_values(list(place))
        if any(
            not answer._is_same(now[field], value) for field, value in place.items()
        ):
            proposal.update(place)
        codes = {activity.code for activity in taxpayer.activities}
        if codes and codes != set(self.l10n_ar_activity_ids.mapped("code")):
            proposal["l10n_ar_activity_ids"] = taxpayer.activities
        return proposal
