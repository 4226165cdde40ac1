from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

from ..lib.backoff import get_wait

PAUSES = (timedelta(minutes=5), timedelta(hours=1))


class PartnerRegistrationPause(models.Model):
    """A registry that a company cannot ask for a while: it is down, or refuses the
    credential. Meanwhile nobody's attempts are spent.

    With ``sudo``: a pause holds for everybody.
    """

    _name = "partner.registration.pause"
    _description = "Pause of a Registry"
    _rec_name = "registry"

    registry = fields.Selection(
        lambda self: self.env["partner.registration"]._get_registry_names(),
        required=True,
        readonly=True,
    )
    scope = fields.Char("State", required=True, default="", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    until = fields.Datetime(required=True, readonly=True)
    failures = fields.Integer(readonly=True)
    problem = fields.Json(readonly=True)

    _key_uniq = models.UniqueIndex("(registry, scope, company_id)")

    @api.model
    def _get_open(self, registry, company):
        """The pauses that last: dict scope → pause (sudo)."""
        pauses = self.sudo().search(
            [
                ("registry", "=", registry),
                ("company_id", "=", company.id),
                ("until", ">", fields.Datetime.now()),
            ]
        )
        return {pause.scope: pause for pause in pauses}

    @api.model
    def _note(self, registry, scope, company, error):
        """A company could not ask: it waits, each time longer.

        :param error: :class:`..lib.errors.RegistryError`
        :raises ConcurrencyError: another transaction has noted it for the first time
        """
        pause = self._find(registry, scope, company)
        failures = pause.failures + 1
        values = {
            "failures": failures,
            "until": fields.Datetime.now() + get_wait(failures, *PAUSES),
            "problem": [error.code, error.detail],
        }
        if pause:
            pause.write(values)
            return
        key = {"registry": registry, "scope": scope, "company_id": company.id}
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.sudo().create({**key, **values})
        except UniqueViolation as error:
            raise ConcurrencyError("Another transaction noted a pause") from error

    @api.model
    def _lift(self, registry, scope, company):
        """A company has asked, and was answered."""
        self._find(registry, scope, company).unlink()

    @api.model
    def _find(self, registry, scope, company):
        return self.sudo().search(
            [
                ("registry", "=", registry),
                ("scope", "=", scope),
                ("company_id", "=", company.id),
            ]
        )
