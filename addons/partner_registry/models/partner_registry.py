from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

from ..lib.errors import RegistryError
from ..lib.text import is_same
from .partner_registration_finding import DETERMINED


class PartnerRegistry(models.AbstractModel):
    """All that one official registry needs, in one place.

    A registry is a child named ``partner.registry.<name>`` (name one parent), and its
    name is a value of ``partner.registration.registry``. It has no record and keeps no
    state. This model itself knows nothing, and serves rows whose registry is gone.
    Hooks begin with ``_``: public methods answer RPC.

    With ``sudo``: the queue works for all companies.
    """

    _name = "partner.registry"
    _description = "Official Registry"

    def _get_name(self):
        """The registry's name on registrations."""
        return self._name.removeprefix("partner.registry").removeprefix(".")

    # Whom it is asked about

    def _get_number_fields(self):
        """Fields of a contact that its number comes from: a set of names."""
        return set()

    def _get_number(self, partner):
        """The number by which a contact is found, in canonical form; else ""."""
        return ""

    def _get_scopes(self, partner):
        """Parts of the registry that a customer can be registered in: codes of states.

        :return: not empty; ``[""]`` where the registry has no parts
        """
        return [""]

    # Who asks. An account is a company's.

    def _can_ask(self, company):
        """Whether a company has what it takes to ask, in working order or not."""
        return False

    def _get_obstacle(self, company):
        """Why a company that can ask would be refused, as far as that is known.

        :return: code of a problem, or False
        """
        return False

    def _get_companies(self):
        """Companies that can ask; those that would not be refused come first, because
        the first one asks for the others."""
        companies = self.env["res.company"].sudo()
        companies = companies.search([("active", "=", True)], order="id")
        return companies.filtered(self._can_ask).sorted(
            lambda company: bool(self._get_obstacle(company))
        )

    def _get_asker(self, company):
        """The company that asks about customers of another one, maybe an empty one."""
        company = company or self.env.company
        return company if self._can_ask(company) else self._get_companies()[:1]

    def _get_environment(self, company):
        """Which of the registry's environments a company asks."""
        return ""

    def _get_refresh_days(self, company):
        """Days after which a finding counts as old; 0 = never."""
        return 0

    def _get_limit(self):
        """How many numbers are looked up before what was said is written."""
        return 50

    def _connect(self, company):
        """What :meth:`_look_up` asks with.

        :raises RegistryError: the company cannot ask
        """
        raise RegistryError("not_connected")

    def _look_up(self, client, scope, numbers, alone=()):
        """Ask; touches no record, because no transaction is open.

        :param client: see :meth:`_connect`
        :param numbers: each once
        :param alone: those of them that failed alone before
        :return: dict number → what was said (with an attribute ``number``) or
            :class:`..lib.errors.RegistryError`, of all the numbers; one's own trouble
            has a code of ``lib.lookup.STUBBORN``, and any other is the registry's
        """
        return {}

    # What it said

    def _prepare_findings(self, said):
        """What was said, as values of findings: ``outcome``, ``verdict``, ``reasons``,
        ``name``, ``data``, ``raw``, and columns of the registry's own.

        :param said: list of what :meth:`_look_up` gives
        :return: dict number → values
        """
        return {}

    def _get_reason_texts(self):
        """Code of a reason → sentence in the user's language."""
        return {}

    def _get_problem_texts(self):
        """Code of a problem → sentence in the user's language."""
        return {
            "not_connected": self.env._("Nobody can ask this registry."),
            "number_failed": self.env._("The registry fails on this number."),
            "answer_incomplete": self.env._("The registry leaves this number out."),
            "postponed": self.env._("The registry is asked later."),
            "not_applied": self.env._("What the registry said could not be written."),
        }

    def _describe(self, code, detail=""):
        """A problem in the user's language."""
        text = self._get_problem_texts().get(code, code)
        return f"{text} ({detail})" if detail else text

    # What follows

    def _apply(self, rows, findings):
        """Apply findings to registrations; a registry does what follows for customers.

        :param rows: registrations (sudo) whose numbers all have a finding
        :param findings: dict number → finding
        """
        for row in rows:
            row.write(self._prepare_applied(row, findings[row.number]))

    def _prepare_applied(self, row, finding):
        company = row.company_id or self.env.company
        days = self._get_refresh_days(company)
        values = {
            "state": finding.outcome,
            "finding_id": finding.id,
            "environment": finding.environment,
            "checked_at": finding.checked_at,
            "due_at": days > 0 and finding.checked_at + timedelta(days=days),
            "claimed_until": False,
            "failures": 0,
            "problem": False,
        }
        # Who was told to keep the contact is not asked again about the same content.
        if finding.content_hash != row.finding_id.content_hash or row.proposes:
            values["proposes"] = bool(self._get_proposal(row.partner_id, finding))
        return values

    def _forget(self, rows):
        """The numbers are others: what was found belongs to somebody else."""
        rows.write(
            {
                "finding_id": False,
                "checked_at": False,
                "claimed_until": False,
                "failures": 0,
                "problem": False,
                "proposes": False,
            }
        )

    def _is_settled(self, row):
        """Whether nobody has to decide about a customer who was looked up."""
        return row.state == DETERMINED

    def _get_work_domain(self):
        """Domain of the registrations about which somebody has to decide."""
        return [("state", "not in", [False, "pending", DETERMINED])]

    # What it has and the contact has not

    def _get_proposal(self, partner, finding):
        """Field → value, for what a person may take over."""
        return {}

    def _prepare_taken(self, proposal):
        """Values to write for a part of a proposal."""
        return proposal

    def _show_value(self, partner, name, value):
        """A field's value now and the proposed one, as texts for a person."""
        current = partner[name]
        if not partner._fields[name].relational:
            return current or "", value or ""
        comodel = self.env[partner._fields[name].comodel_name]
        return current.display_name or "", comodel.browse(value).display_name or ""

    def _get_changed(self, partner, values):
        """Those of the values that a contact has not; case and accents do not
        count."""
        now = partner._convert_fields_to_values(list(values))
        return {
            name: value
            for name, value in values.items()
            if not is_same(now[name], value)
        }

    # What people ask

    def _ask_about(self, partners):
        """Ask about customers now, because a person waits for it.

        Registrations are made for those who have none.

        :raises UserError: there is nothing to ask, or nothing was said at all
        """
        said = self._look_up_now(
            (partner.company_id, scope, self._get_number(partner))
            for partner in partners.sudo()
            for scope in self._get_scopes(partner)
        )
        known = partners.filtered(self._get_number)
        rows = self.env["partner.registration"]._ensure(self._get_name(), known)
        self._settle_now(rows, said)

    def _look_up_now(self, places):
        """Ask, and write nothing: nobody else waits for a row meanwhile.

        :param places: iterable of company, scope and number of customers
        :return: dict (customers' company, scope) → the company that asked, and what
            was said to it, see :meth:`_look_up`
        :raises UserError: there is nothing to ask, or nothing was said at all
        """
        askers, numbers = {}, defaultdict(set)
        for company, scope, number in places:
            if number:
                if company not in askers:
                    askers[company] = self._get_asker(company)
                numbers[askers[company], scope].add(number)
        if not numbers:
            raise UserError(self.env._("There is no valid number to look up."))
        found = {}
        for (asker, scope), own in numbers.items():
            try:
                client = self._connect(asker)
                found[asker, scope] = self._look_up(client, scope, sorted(own))
            except RegistryError as error:
                found[asker, scope] = dict.fromkeys(own, error)
        if all(map(self._is_mute, found.values())):
            items = [item for said in found.values() for item in said.values()]
            error = items[0] if items else RegistryError("not_connected")
            raise UserError(self._describe(error.code, error.detail)) from error
        return {
            (company, scope): (asker, said)
            for company, asker in askers.items()
            for (other, scope), said in found.items()
            if other == asker
        }

    def _settle_now(self, rows, said):
        """Keep what was said to a person who waited; the queue asks about the rest.

        :param said: see :meth:`_look_up_now`
        """
        failed = rows.browse()
        for place, own in rows.grouped(lambda r: (r.company_id, r.scope)).items():
            asker, found = said.get(place, (None, {}))
            if self._is_mute(found):
                failed |= own
                continue
            numbers = set(own.mapped("number"))
            mine = {number: item for number, item in found.items() if number in numbers}
            pauses = self.env["partner.registration.pause"]
            pauses._lift(self._get_name(), place[1], asker)
            failed |= own._settle(self._get_environment(asker), mine)
        failed._make_due()

    def _is_mute(self, found):
        """Whether a registry said nothing at all."""
        return all(isinstance(item, RegistryError) for item in found.values())
