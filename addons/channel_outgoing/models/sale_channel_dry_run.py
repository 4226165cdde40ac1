import logging
import time
from contextlib import closing
from datetime import timedelta

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.channel_base.lib.errors import reason
from odoo.addons.channel_base.tools.conflicts import CONFLICTS, retry_conflicts

from ..tools.products import PRODUCT

_logger = logging.getLogger(__name__)

NAME_LIMIT = 20
# Somebody waits; what takes longer goes on without them.
REQUEST_SECONDS = 10.0
SLICE_SECONDS = 5.0
KEEP_DAYS = 7
CRON = "channel_outgoing.ir_cron_dry_run"


class SaleChannelDryRun(models.Model):
    """What a run would send to a channel; nothing is sent, or kept of the plan.

    It looks page by page, each of which is rolled back.

    With ``sudo``: it looks as the flows do, whoever asks.
    """

    _name = "sale.channel.dry.run"
    _description = "Dry Run of What Goes Out"
    _order = "id desc"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    flow_id = fields.Many2one(
        "sale.channel.flow",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: all that goes out to the channel.",
    )
    confirmed = fields.Boolean(related="flow_id.confirmed")
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed")],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    # Where it goes on: kind of flow and part of its plan, and the last id looked at
    stage = fields.Char(readonly=True)
    last_id = fields.Integer(readonly=True)
    seen_count = fields.Integer("Looked At", readonly=True)
    ended_at = fields.Datetime(readonly=True)
    error_code = fields.Char(readonly=True)
    error_params = fields.Json(readonly=True)
    error_message = fields.Char("Reason", compute="_compute_error_message")
    line_ids = fields.One2many("sale.channel.dry.run.line", "dry_run_id", "Lines")
    line_count = fields.Integer(compute="_compute_summary")
    summary = fields.Html(compute="_compute_summary")

    @api.depends("channel_id.name", "flow_id.kind", "create_date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            names = [run.channel_id.name, run.flow_id.display_name]
            run.display_name = ": ".join(name for name in names if name)

    @api.depends("error_code", "error_params")
    @api.depends_context("lang")
    def _compute_error_message(self):
        texts = self.env["sale.channel.text"]
        for run in self:
            run.error_message = texts._format(run.error_code, run.error_params)

    @api.depends("seen_count", "state")
    @api.depends_context("lang")
    def _compute_summary(self):
        for run in self:
            groups = run._get_groups()
            run.line_count = sum(count for *_key, count in groups)
            run.summary = Markup("").join(run._draw_group(*group) for group in groups)
            if groups:
                run.summary = Markup(
                    '<table class="table table-sm"><tbody>%s</tbody></table>'
                ) % Markup(run.summary)

    def _get_groups(self):
        """Family, kind, action and count of the lines, as they are sent."""
        return self.env["sale.channel.dry.run.line"]._read_group(
            [("dry_run_id", "=", self.id)],
            ["row_model", "kind", "action"],
            ["__count"],
            order="id:min",
        )

    def _draw_group(self, row_model, kind, action, count):
        """A row of the summary: how many, and the first ones' names."""
        domain = [
            ("dry_run_id", "=", self.id),
            ("row_model", "=", row_model),
            ("kind", "=", kind),
            ("action", "=", action),
        ]
        lines = self.line_ids.search(domain, limit=NAME_LIMIT)
        names = [name or "" for name in lines.mapped("name")]
        if count > len(names):
            names.append("…")
        labels = dict(lines._fields["action"]._description_selection(self.env))
        cells = [lines[:1].kind_name or "", labels[action], count, ", ".join(names)]
        return Markup("<tr>%s</tr>") % Markup("").join(
            Markup("<td>%s</td>") % cell for cell in cells
        )

    @api.model
    def _open(self, channel, flow=None):
        """Look at what a flow of a channel, or each one, would send; whoever works on
        channels may.

        What takes too long goes on in the background.

        :return: a dialog that shows it
        :raises AccessError: the user may not see the channel, or is no channel user
        :raises UserError: nothing goes out
        """
        channel.check_access("read")
        if not self.env.user.has_group("channel_base.group_channel_user"):
            raise AccessError(self.env._("Only channel users may do this."))
        dry_run = self.sudo()._start(channel.sudo(), flow and flow.sudo())
        return dry_run.with_env(self.env).action_open()

    @api.model
    def _start(self, channel, flow):
        """The dry run that is under way already, or a new one."""
        values = {"channel_id": channel.id, "flow_id": flow.id if flow else False}
        same = [(name, "=", value) for name, value in values.items()]
        running = self.search([*same, ("state", "=", "running")])
        outdated = running.filtered(lambda dry_run: dry_run._is_outdated())
        # What it has looked at with other settings is of no use.
        outdated._fail("dry_run_outdated")
        if current := running - outdated:
            return current[0]
        dry_run = self.create({**values, "company_id": channel.company_id.id})
        if not dry_run._get_flows():
            raise UserError(self.env._("Nothing goes out here."))
        dry_run._work(time.monotonic() + REQUEST_SECONDS)
        if dry_run.state == "running":
            self.env.ref(CRON).sudo()._trigger()
        return dry_run

    def _is_outdated(self):
        """Whether the channel's settings or its trial list were changed since it
        began."""
        return self.channel_id.write_date > self.create_date

    def _get_flows(self):
        """The flows that are looked at, enabled or not, in the order in which they run
        when all are due; as the scheduler would run them."""
        flows = self.flow_id or self.channel_id.flow_ids
        flows = flows.filtered("outgoing").sorted(
            lambda flow: (flow._get_priority(), flow.sequence, flow.id)
        )
        # In nobody's language, like a run
        env = self.env(user=SUPERUSER_ID, context={})
        return flows.with_env(env).with_company(self.company_id)

    def _get_stages(self):
        """What is still to look at: list of a name, a flow and a part of its plan."""
        stages = [
            (f"{flow.kind}:{part.name}", flow, part)
            for flow in self._get_flows()
            for part in flow._get_planner()._get_parts()
        ]
        names = [name for name, _flow, _part in stages]
        if self.stage not in names:
            # It has not begun, or its flow is gone.
            self.line_ids.unlink()
            return stages
        return stages[names.index(self.stage) :]

    def _step(self):
        """Look at the next records."""
        stages = self._get_stages()
        if not stages:
            self.write({"state": "done", "ended_at": fields.Datetime.now()})
            return
        stage, flow, part = stages[0]
        last = self.last_id if stage == self.stage else 0
        ids = part.page and flow._get_planner()._get_page(flow.channel_id, part, last)
        if ids or not part.page:
            self._look(flow, part, ids)
        if ids:
            self.write({"stage": stage, "last_id": ids[-1]})
        elif len(stages) > 1:
            self.write({"stage": stages[1][0], "last_id": 0})
        else:
            self.write({"state": "done", "ended_at": fields.Datetime.now()})

    def _look(self, flow, part, ids):
        """Keep what would be sent of some records, and nothing of their plan."""
        with closing(self.env.cr.savepoint()):
            found = self._plan(flow, part, ids)
        for values in found:
            values.update(
                dry_run_id=self.id,
                channel_id=self.channel_id.id,
                company_id=self.company_id.id,
            )
        self._forget_made(flow, found)
        self.env["sale.channel.dry.run.line"].create(found)
        self.seen_count += len(ids or found)

    def _plan(self, flow, part, ids):
        """Plan some records, and the later ones that are made for them.

        :return: list of values of lines
        """
        planner, channel = flow._get_planner(), flow.channel_id
        reader = flow.env["sale.channel.dry.run.reader"]

        def plan(some):
            made = planner._prepare(channel, part, some)
            lines = reader._read_part(self, planner, part, some)
            for later in planner._get_parts():
                new = sorted(made.get(later.name, ()))
                for start in range(0, len(new), later.page or 1):
                    page = new[start : start + later.page] if later.page else None
                    lines += reader._read_part(self, planner, later, page)
            return lines

        def keep(record, error):
            code, params = reason(error)
            skipped = [(f"{part.name} {record}", record, code, params)]
            return reader._prepare_skipped(planner._get_rows(), part, skipped)

        if ids is None:
            return plan(None)
        return [
            line for some in planner._bisect(part, ids, plan, keep) for line in some
        ]

    @api.model
    def _forget_made(self, flow, found):
        """Take the ids away of records that were only made for the plan."""
        family = flow._get_outgoing()._outgoing_family
        models_ = {kind.code: kind.model for kind in family}
        ids = {}
        for line in found:
            model = models_.get(line["kind"], PRODUCT)
            ids.setdefault(model, set()).add(line["res_id"])
            ids.setdefault(PRODUCT, set()).add(line["product_id"])
        made = {
            (model, record)
            for model, records in ids.items()
            for record in records - set(self.env[model].browse(records).exists().ids)
        }
        for line in found:
            model = models_.get(line["kind"], PRODUCT)
            # What is removed may be gone here, and has an id that is known.
            if (model, line["res_id"]) in made and line["action"] != "remove":
                line["res_id"] = False
            if (PRODUCT, line["product_id"]) in made:
                line["product_id"] = False

    def _get_skipped_keys(self, rows, keys):
        """Those of some records that are not sent, as was found before.

        :param keys: pairs of a kind's code and an id
        """
        if not keys:
            return set()
        kinds, ids = zip(*keys, strict=True)
        lines = self.env["sale.channel.dry.run.line"].search_fetch(
            [
                ("dry_run_id", "=", self.id),
                ("row_model", "=", rows._name),
                ("action", "=", "skip"),
                ("kind", "in", list(set(kinds))),
                ("res_id", "in", list(set(ids))),
            ],
            ["kind", "res_id"],
        )
        return {(line.kind, line.res_id) for line in lines} & set(keys)

    def _work(self, until):
        """Look until a moment of ``time.monotonic``."""
        while self.state == "running":
            self._try_step()
            if time.monotonic() >= until:
                return

    def _try_step(self):
        """Look at the next records; what goes wrong ends the dry run."""
        try:
            with self.env.cr.savepoint():
                self._step()
        except CONFLICTS:
            raise
        except Exception as error:
            _logger.exception("dry run %s", self.id)
            self._fail(*reason(error))

    def _fail(self, code, params=None):
        """End it without a result."""
        self.write(
            {
                "state": "failed",
                "ended_at": fields.Datetime.now(),
                "error_code": code,
                "error_params": params,
            }
        )

    @api.model
    def _cron_work(self):
        """Go on with what nobody waits for, one slice."""
        until = time.monotonic() + SLICE_SECONDS
        running = [("state", "=", "running")]
        while dry_run := self.search(running, order="id", limit=1):
            retry_conflicts(self.env, dry_run._try_step)
            self.env["ir.cron"]._commit_progress(1, remaining=0)
            if time.monotonic() >= until:
                self.env.ref(CRON)._trigger()
                return

    @api.autovacuum
    def _gc_dry_runs(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("create_date", "<", limit)]).unlink()

    def action_open(self):
        """Open the dialog that sums it up."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dry Run of %(name)s", name=self.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_lines(self):
        """Open what would become of each record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_outgoing.sale_channel_dry_run_line_action"
        )
        return {
            **action,
            "name": self.display_name,
            "domain": [("dry_run_id", "=", self.id)],
        }

    def action_send(self):
        """Let what the flow sends go out, now and whenever it changes.

        :raises AccessError: the user may not change the channel
        :raises UserError: it is no single flow's, or did not look at everything
        """
        self.ensure_one()
        self.channel_id.check_access("write")
        if not self.flow_id:
            raise UserError(self.env._("Look at one flow, and let that one send."))
        if self.state != "done":
            raise UserError(
                self.env._("Only what was looked at to the end can be confirmed.")
            )
        self.flow_id._confirm()
        return {"type": "ir.actions.act_window_close"}
