from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.channel_base.tools.client import RELOAD

from ..tools.products import FIELDS, find_link
from .sale_channel_outgoing_mixin import OPERATIONS

MIXIN = "sale.channel.outgoing.mixin"
# A row's id tells its family: the id in its table, times this, plus the model's.
MODEL_ROOM = 1 << 16
COLUMNS = (
    "channel_id",
    "company_id",
    "kind",
    "name",
    "operation",
    "external_id",
    "sync_state",
    "attempts",
    "next_attempt_at",
    "waiting_since",
    "error_code",
    "error_params",
    "blocked_mapping_id",
    "last_synced_at",
)


class SaleChannelOutgoing(models.Model):
    """All that goes out to all channels, whatever family it belongs to.

    Conditions on channel, state, kind and row reach the indexes of each table; the
    ``id`` is computed, and does not.

    With ``sudo``: which models there are is no secret.
    """

    _name = "sale.channel.outgoing"
    _description = "Outgoing"
    _auto = False
    # Each table has an index for it, so the first page of a million is merged, not
    # sorted.
    _order = "row_id desc"

    row_model = fields.Char("Family", readonly=True)
    row_id = fields.Integer(readonly=True)
    record_id = fields.Integer("Record ID", readonly=True)
    channel_id = fields.Many2one("sale.channel", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection("_selection_kind", readonly=True)
    kind_name = fields.Char("Kind of Record", compute="_compute_kind_name")
    name = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product with Variants",
        readonly=True,
        help="Of what concerns all variants.",
    )
    operation = fields.Selection(OPERATIONS, readonly=True)
    external_id = fields.Char("External ID", readonly=True)
    sync_state = fields.Selection("_selection_sync_state", "State", readonly=True)
    attempts = fields.Integer(readonly=True, aggregator=None)
    next_attempt_at = fields.Datetime("Next Attempt", readonly=True)
    waiting_since = fields.Datetime(readonly=True)
    error_code = fields.Char(readonly=True)
    error_params = fields.Json(readonly=True)
    blocked_mapping_id = fields.Many2one("sale.channel.mapping", readonly=True)
    error_message = fields.Char("Reason", compute="_compute_error_message")
    last_synced_at = fields.Datetime("Last Synchronised", readonly=True)

    @api.model
    @tools.ormcache()
    def _get_families(self):
        """Names of the models of rows that go out."""
        names = self.env.registry.descendants([MIXIN], "_inherit")
        return sorted(name for name in names if not self.env[name]._abstract)

    @property
    def _table_query(self):
        families = self._get_families()
        if not families:
            return self._get_no_rows()
        return SQL(" UNION ALL ").join(self._get_family_rows(f) for f in families)

    @api.model
    def _get_family_rows(self, name):
        rows = self.env[name]
        joins, links = self._get_product_links(rows)
        return SQL(
            """
            SELECT noted.id::bigint * %(room)s + %(model)s AS id, %(name)s AS row_model,
                   noted.id AS row_id, noted.res_id AS record_id, %(links)s, %(columns)s
              FROM %(table)s AS noted %(joins)s
            """,
            room=MODEL_ROOM,
            model=self.env["ir.model"]._get_id(name),
            name=name,
            links=links,
            columns=SQL(", ").join(SQL.identifier("noted", name) for name in COLUMNS),
            table=SQL.identifier(rows._table),
            joins=joins,
        )

    @api.model
    def _get_product_links(self, rows):
        """How a family's rows find their product, and the one with variants.

        The records are joined, not looked up for each row, so that the rows of one
        product are found by the product.

        :return: joins and columns, in SQL
        """
        joins, found = [], {field: [] for field in FIELDS.values()}
        for kind in rows._outgoing_family:
            records = self.env[kind.model]
            links = {
                field: link
                for model, field in FIELDS.items()
                if (link := find_link(records, model))
            }
            if not links:
                continue
            alias = SQL.identifier(f"of_{kind.code}")
            of_channel = SQL()
            field = records._fields.get("channel_id")
            if field and field.store and field.comodel_name == "sale.channel":
                of_channel = SQL("AND %s.channel_id = noted.channel_id", alias)
            joins.append(
                SQL(
                    "LEFT JOIN %s AS %s ON noted.kind = %s AND %s.id = noted.res_id %s",
                    SQL.identifier(records._table),
                    alias,
                    kind.code,
                    alias,
                    of_channel,
                )
            )
            for field, link in links.items():
                found[field].append(SQL("%s.%s", alias, SQL.identifier(link)))
        columns = (
            SQL(
                "%s AS %s",
                SQL("COALESCE(%s)", SQL(", ").join(links))
                if len(links) > 1
                else links[0]
                if links
                else SQL("NULL::integer"),
                SQL.identifier(field),
            )
            for field, links in found.items()
        )
        return SQL(" ").join(joins), SQL(", ").join(columns)

    @api.model
    def _get_no_rows(self):
        """A table without rows, while no family is installed."""
        columns = [
            SQL("NULL::%s AS %s", SQL(field.column_type[1]), SQL.identifier(name))
            for name, field in self._fields.items()
            if field.column_type and field.store
        ]
        return SQL("SELECT %s WHERE false", SQL(", ").join(columns))

    @api.model
    def _selection_kind(self):
        """The kinds of all families; two of them may have the same one."""
        labels = {}
        for name in self._get_families():
            field = self.env[name]._fields["kind"]
            for code, label in field._description_selection(self.env):
                labels.setdefault(code, {})[label] = None
        return [(code, " / ".join(found)) for code, found in labels.items()]

    @api.model
    def _get_kind_label(self, family, kind):
        """What a family calls one of its kinds."""
        if family not in self._get_families():
            return kind
        field = self.env[family]._fields["kind"]
        return dict(field._description_selection(self.env)).get(kind, kind)

    @api.depends("row_model", "kind")
    @api.depends_context("lang")
    def _compute_kind_name(self):
        for row in self:
            row.kind_name = self._get_kind_label(row.row_model, row.kind)

    @api.model
    def _selection_sync_state(self):
        return self.env[MIXIN]._selection_sync_state()

    @api.depends("error_code", "error_params", "blocked_mapping_id")
    @api.depends_context("lang")
    def _compute_error_message(self):
        texts = self.env["sale.channel.text"]
        for row in self:
            row.error_message = texts._explain(row)

    @api.model
    def _search(self, domain, *args, **kwargs):
        """The rows of the tables, as they are in this transaction."""
        for name in self._get_families():
            self.env[name].flush_model()
        return super()._search(domain, *args, **kwargs)

    def _get_rows(self):
        """The families' own rows: list of recordsets. Their rules are theirs."""
        ids = {}
        for row in self.ids:
            id_, model = divmod(row, MODEL_ROOM)
            ids.setdefault(model, []).append(id_)
        models_ = self.env["ir.model"].sudo().browse(ids)
        families = set(self._get_families())
        return [
            self.env[model.model].browse(ids[model.id])
            for model in models_.exists()
            if model.model in families
        ]

    @api.model
    def _open_products(self, products):
        """What was sent of products (``product.product``), what waits and what failed,
        channel by channel: an action."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_outgoing.sale_channel_outgoing_action"
        )
        return {
            **action,
            "domain": [
                "|",
                ("product_id", "in", products.ids),
                ("product_tmpl_id", "in", products.product_tmpl_id.ids),
            ],
            "context": {"search_default_group_channel": 1},
        }

    def action_retry(self):
        """Try the rows again now.

        :raises AccessError: the user may not see them, or is no channel user
        """
        answer = False
        for rows in self._get_rows():
            answer = rows.action_retry()
        return answer

    def action_done_by_hand(self):
        """Note that a person has made the channel so.

        :return: a dialog if something has to be told, or else the page anew
        :raises AccessError: the user may not see them, or is no channel user
        """
        dialog = False
        for rows in self._get_rows():
            answer = rows.action_done_by_hand()
            if isinstance(answer, dict):
                dialog = answer
        return dialog or RELOAD

    def action_open_row(self):
        """Open the row in the list of its family."""
        for rows in self._get_rows():
            rows.check_access("read")
            return self._open_rows(rows)

    @api.model
    def _open_rows(self, rows):
        """Open rows in the list of their family."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(rows._name).name,
            "res_model": rows._name,
            "view_mode": "list",
            "domain": [("id", "in", rows.ids)],
        }

    @api.model
    def _open_record(self, row):
        """Open the record that the channel is told of, with the user's own rights.

        :raises UserError: it is not there any more
        """
        record = self.env.get(row.res_model)
        record = record is not None and record.browse(row.res_id).exists()
        if not record:
            raise UserError(
                self.env._("%(name)s is not in Odoo any more.", name=row.name or "")
            )
        return record.get_formview_action()

    def action_open_record(self):
        """Open the record that the channel is told of.

        :raises UserError: it is not there any more
        """
        for rows in self._get_rows():
            rows.check_access("read")
            return self._open_record(rows[:1])
