from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import mute_logger

from ..lib.errors import MappingMissing
from ..lib.text import clean, exact, similar

SUGGESTION_LIMIT = 2000


class SaleChannelMapping(models.Model):
    """De-para: what a value of the channel is in Odoo, and back.

    A value that nobody has mapped yet is a row without a record: the admin's inbox.

    With ``sudo``: what an import meets is looked up and becomes a row, whoever runs it.
    """

    _name = "sale.channel.mapping"
    _inherit = "field.guard.mixin"
    _description = "De-para of a Sales Channel"
    _order = "is_mapped, kind_id, external_label, id"
    _rec_name = "external_label"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade", guard="once"
    )
    company_id = fields.Many2one(
        related="channel_id.company_id", store=True, guard="server"
    )
    kind_id = fields.Many2one(
        "sale.channel.mapping.kind",
        required=True,
        index=True,
        ondelete="cascade",
        guard="once",
    )
    direction = fields.Selection(
        [("in", "Received"), ("out", "Sent"), ("both", "Both")],
        default="in",
        required=True,
    )
    external_value = fields.Char("Channel's Value", required=True, index=True)
    external_label = fields.Char(
        "Channel's Name", compute="_compute_external_label", store=True, readonly=False
    )
    res_model = fields.Char(related="kind_id.model_id.model", string="Model")
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", index=True)
    record_ref = fields.Reference(
        "_selection_record_ref",
        "Odoo Record",
        compute="_compute_record_ref",
        inverse="_inverse_record_ref",
    )
    record_name = fields.Char(
        "Odoo Record Name",
        compute="_compute_record_ref",
        inverse="_inverse_record_name",
        help="For import and export: the record is found by its exact name.",
    )
    suggestion_ref = fields.Reference(
        "_selection_record_ref", "Suggestion", compute="_compute_suggestion_ref"
    )
    is_mapped = fields.Boolean(
        "Mapped", compute="_compute_is_mapped", store=True, guard="server"
    )
    seen_count = fields.Integer(
        "Waiting", compute="_compute_seen_count", help="Rows that wait for this value."
    )

    # What is received is one record; several may be sent as one value.
    _received_uniq = models.UniqueIndex(
        "(channel_id, kind_id, external_value) WHERE direction != 'out'",
        "The channel already has a row for this value.",
    )
    _sent_uniq = models.UniqueIndex(
        "(channel_id, kind_id, res_id) WHERE direction != 'in' AND res_id > 0",
        "Only one value of the channel can be sent for a record.",
    )

    @api.depends("external_value")
    def _compute_external_label(self):
        for mapping in self:
            mapping.external_label = mapping.external_label or mapping.external_value

    @api.depends("res_id")
    def _compute_is_mapped(self):
        for mapping in self:
            mapping.is_mapped = bool(mapping.res_id)

    @api.model
    def _selection_record_ref(self):
        kinds = self.env["sale.channel.mapping.kind"].sudo()
        models_ = kinds.search([("model_id", "!=", False)]).model_id
        return [(model.model, model.name) for model in models_]

    @api.depends("res_id", "kind_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_record_ref(self):
        """The record, for those who may read it."""
        for mapping in self:
            record = mapping._get_record()
            if record and not record.has_access("read"):
                record = None
            mapping.record_ref = record and f"{record._name},{record.id}"
            mapping.record_name = record and record.display_name

    @api.constrains("res_id")
    def _check_record(self):
        """The record exists, and is not another company's."""
        for mapping in self.filtered("res_id"):
            record = mapping._get_record()
            if not record:
                raise ValidationError(
                    self.env._(
                        "%(kind)s: there is no such record.", kind=mapping.kind_id.name
                    )
                )
            company = mapping.channel_id.company_id
            owner = record["company_id"] if "company_id" in record._fields else None
            if owner and company and owner != company:
                # Without names: whoever writes need not be allowed to see them.
                raise ValidationError(
                    self.env._(
                        "%(kind)s: the record belongs to another company than the "
                        "channel.",
                        kind=mapping.kind_id.name,
                    )
                )

    def _check_readable(self):
        """:raises AccessError: mapped to what the user may not read"""
        if not self.env.su:
            for mapping in self.filtered("res_id"):
                mapping._get_record().check_access("read")

    @api.model
    def _read_table(self, channel, kinds, values=None):
        """The channel's table for some kinds, in few queries.

        :param kinds: codes of kinds
        :param values: external values to read, all when None
        :return: dict (kind's code, external value) → record, None when unmapped,
            deleted since, or only for sending
        """
        domain = Domain("channel_id", "=", channel.id)
        domain &= Domain("kind_id.code", "in", list(kinds))
        if values is not None:
            domain &= Domain("external_value", "in", values)
        rows = self.sudo().search_fetch(
            domain,
            ["kind_id", "external_value", "res_id", "direction"],
        )
        # What is received counts more than what is only sent.
        rows = rows.sorted(lambda row: row.direction != "out")
        wanted = {}
        for row in rows.filtered("res_id"):
            wanted.setdefault(row.res_model, set()).add(row.res_id)
        alive = {
            model: set(self.env[model].browse(ids).exists().ids)
            for model, ids in wanted.items()
        }
        return {
            (row.kind_id.code, row.external_value): (
                self.env[row.res_model].browse(row.res_id)
                if row.direction != "out" and row.res_id in alive.get(row.res_model, ())
                else None
            )
            for row in rows
        }

    def _get_record(self):
        """The Odoo record, or None when unmapped or deleted since."""
        self.ensure_one()
        if not self.res_id or not self.res_model:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    def _inverse_record_ref(self):
        for mapping in self:
            record = mapping.record_ref
            if record and record._name != mapping.res_model:
                raise ValidationError(
                    self.env._(
                        "%(kind)s is mapped to another kind of record.",
                        kind=mapping.kind_id.name,
                    )
                )
            mapping.res_id = record.id if record else False

    def _inverse_record_name(self):
        for mapping in self:
            if not mapping.record_name:
                mapping.res_id = False
                continue
            mapping.res_id = mapping._find_by_name(mapping.record_name).id

    def _find_by_name(self, name):
        model = self.env[self.res_model]
        found = model.search([("display_name", "=", name)], limit=2)
        found = found or model.search([(model._rec_name or "name", "=ilike", name)])
        if len(found) != 1:
            raise UserError(
                self.env._(
                    "%(count)s records of %(kind)s are named “%(name)s”.",
                    count=len(found),
                    kind=self.kind_id.name,
                    name=name,
                )
            )
        return found

    def _compute_seen_count(self):
        counts = {}
        for model in self.env["sale.channel"]._get_sync_models():
            groups = self.env[model]._read_group(
                [("blocked_mapping_id", "in", self.ids)],
                ["blocked_mapping_id"],
                ["__count"],
            )
            for mapping, count in groups:
                counts[mapping.id] = counts.get(mapping.id, 0) + count
        for mapping in self:
            mapping.seen_count = counts.get(mapping.id, 0)

    @api.depends("external_label", "kind_id", "res_id")
    def _compute_suggestion_ref(self):
        candidates = {}
        for mapping in self:
            mapping.suggestion_ref = False
            if mapping.res_id or not mapping.res_model:
                continue
            key = (mapping.kind_id, mapping.channel_id)
            if key not in candidates:
                candidates[key] = mapping._get_candidates()
            best = similar(mapping.external_label, candidates[key])
            if best:
                record = best[0][1]
                mapping.suggestion_ref = f"{record._name},{record.id}"

    def _get_candidates(self):
        """Pairs of name and record that this row may be mapped to."""
        records = self.env[self.res_model].search(
            self._get_candidate_domain(), limit=SUGGESTION_LIMIT
        )
        return [(record.display_name, record) for record in records]

    def _get_candidate_domain(self):
        model = self.env[self.res_model]
        company = self.channel_id.company_id
        if "company_id" in model._fields and company:
            return [("company_id", "in", [False, company.id])]
        return []

    @api.model_create_multi
    def create(self, vals_list):
        mappings = super().create(vals_list)
        mappings._check_readable()
        mappings._release()
        return mappings

    def write(self, vals):
        result = super().write(vals)
        if {"res_id", "record_ref", "record_name"} & vals.keys():
            self._check_readable()
            self._release()
        return result

    def unlink(self):
        # What waited asks anew, which makes a fresh row.
        for model in self.env["sale.channel"]._get_sync_models():
            self.env[model]._release_blocked(self)
        return super().unlink()

    def _release(self):
        """Retry what waited on the rows that are mapped now."""
        mapped = self.filtered("is_mapped")
        if mapped:
            for model in self.env["sale.channel"]._get_sync_models():
                self.env[model]._release_blocked(mapped)

    def action_accept_suggestion(self):
        """Map the rows to what resembles them most."""
        for mapping in self:
            if not mapping.is_mapped and mapping.suggestion_ref:
                mapping.record_ref = mapping.suggestion_ref

    @api.model
    def _ensure(self, channel, kind_code, value, label=None):
        """The row of a value, created unmapped when it is new.

        :param value: external text, compared as it came; see :func:`exact`
        :raises ConcurrencyError: another transaction has just created it; do the
            work again in a new transaction
        """
        kind = self.env["sale.channel.mapping.kind"]._get_by_code(kind_code)
        value = exact(value)
        found = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("kind_id", "=", kind.id),
                ("external_value", "=", value),
            ],
            # Rows for sending only come last.
            order="direction, id",
            limit=1,
        )
        return found or self._create_row(
            channel, kind, value, clean(label or value) or value
        )

    @api.model
    def _create_row(self, channel, kind, value, label):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.sudo().create(
                    {
                        "channel_id": channel.id,
                        "kind_id": kind.id,
                        "external_value": value,
                        "external_label": label,
                    }
                )
        except UniqueViolation as error:
            # Another worker's row, which this transaction is too old to see.
            raise ConcurrencyError(f"{kind.code} {value}") from error

    @api.model
    def _to_odoo(self, channel, kind_code, value, label=None, required=True):
        """The Odoo record of a value that the channel sent.

        An unknown value enters the inbox.

        :param required: raise when it is unmapped, instead of answering None
        :raises MappingMissing: when it is required and unmapped
        """
        value = exact(value)
        if not value:
            return None
        mapping = self._ensure(channel, kind_code, value, label)
        record = mapping._get_record() if mapping.direction != "out" else None
        if record is None and required:
            raise MappingMissing(kind_code, value, label)
        return record

    @api.model
    def _to_channel(self, channel, kind_code, record):
        """The value that the channel expects for an Odoo record.

        :raises MappingMissing: when nobody has mapped it for sending
        """
        mapping = self.sudo().search(
            [
                ("channel_id", "=", channel.id),
                ("kind_id.code", "=", kind_code),
                ("res_id", "=", record.id),
                ("direction", "!=", "in"),
            ],
            limit=1,
        )
        if not mapping:
            raise MappingMissing(kind_code, record.display_name)
        return mapping.external_value
