from odoo import api, models
from odoo.fields import Domain

from ..lib.content import Change
from ..lib.dry_run import BY_HAND, UNTRIED, Line, Told, choose_action, find_differences
from ..tools.products import PRODUCT, find_link

ROW_FIELDS = [
    "kind",
    "res_id",
    "operation",
    "sync_state",
    "name",
    "external_id",
    "content_hash",
    "seen",
    "error_code",
    "error_params",
]


class SaleChannelDryRunReader(models.AbstractModel):
    """Tells what a run would send of some records, and what it would skip.

    With ``sudo``: it looks as the flows do, whoever asks.
    """

    _name = "sale.channel.dry.run.reader"
    _description = "What a Run Would Send"

    @api.model
    def _read_part(self, dry_run, planner, part, ids):
        """What would become of some records of a part.

        :param planner: with the rights of a flow
        :param ids: None for a part without pages
        :return: list of values of lines
        """
        channel, rows = dry_run.channel_id, planner._get_rows()
        changes, untried = planner._get_plan(channel, part, ids)
        known = rows.search_fetch(self._get_domain(channel, part, ids), ROW_FIELDS)
        told = {(row.kind, row.res_id): self._get_told(row) for row in known}
        out = planner._get_untried(channel, told)
        settled = told.keys() - {(c.kind, c.record) for c in changes} - out
        waiting = known.filtered(
            lambda row: (
                (row.kind, row.res_id) in settled and row.sync_state == "pending"
            )
        )
        sent = [*changes, *self._get_waiting(waiting)]
        lines = [
            *self._get_stuck(told, settled),
            *self._get_left_out(told, out, untried),
        ]
        missing = {(line.kind, line.record) for line in lines}
        lines += self._get_lines(dry_run, rows, told, sent, missing)
        skipped = planner._get_skipped(channel, part, ids)
        values = self._prepare_lines(rows, lines)
        rows._add_dry_run_notes(channel, values)
        return [*values, *self._prepare_skipped(rows, part, skipped)]

    @api.model
    def _get_domain(self, channel, part, ids):
        domain = Domain("channel_id", "=", channel.id)
        domain &= Domain("kind", "in", part.kinds)
        return domain & Domain("res_id", "in", ids) if part.page else domain

    @api.model
    def _get_told(self, row):
        kind = row._get_kind()
        content = kind.parse(row.content_hash) if kind.columns else row.seen
        return Told(
            row.operation,
            row.sync_state,
            row.name or "",
            row.external_id or None,
            content or None,
            row.error_code or None,
            row.error_params or None,
        )

    @api.model
    def _get_waiting(self, waiting):
        """What was planned before and is still to be sent."""
        contents = self.env["sale.channel.outgoing.translator"]._get_contents(waiting)
        for row in waiting:
            yield Change(
                row.kind,
                row.res_id,
                row.operation,
                row.name or "",
                contents[row.id],
                row.wanted_hash or "",
                row.external_id or None,
            )

    @api.model
    def _get_stuck(self, told, settled):
        """What was planned before, and is not sent as long as it is not changed."""
        for key in sorted(settled):
            row = told[key]
            if row.state in ("done", "pending"):
                continue
            by_hand = row.state == "by_hand"
            reason, params = (BY_HAND, None) if by_hand else (row.error, row.params)
            yield Line(
                *key,
                row.name,
                "skip",
                external_id=row.external_id,
                reason=reason,
                params=params,
            )

    @api.model
    def _get_left_out(self, told, out, untried):
        """What a trial leaves out of what would be sent."""
        names = {(change.kind, change.record): change.name for change in untried}
        for key in out:
            if told[key].state == "pending":
                names.setdefault(key, told[key].name)
        for key, name in sorted(names.items()):
            yield Line(*key, name, "skip", reason=UNTRIED)

    @api.model
    def _get_lines(self, dry_run, rows, told, changes, missing):
        """The lines of what is planned.

        :param told: dict of kind and id → ``lib.dry_run.Told``
        :param missing: such pairs, of what is skipped anyway
        """
        channel, family = dry_run.channel_id, rows._outgoing_family
        services = rows._get_services(channel)
        named = {pair for c in changes for pair in family[c.kind].get_named(c.content)}
        external_ids = rows._get_external_ids(channel, named)
        labels = self._get_labels(rows, channel, named)
        labels |= {(c.kind, c.record): c.name for c in changes}
        labels |= self._get_former_labels(rows, channel, told)
        missing |= dry_run._get_skipped_keys(rows, named - external_ids.keys())
        order = {code: position for position, code in enumerate(family.kinds)}
        for change in sorted(changes, key=lambda change: order[change.kind]):
            kind, key = family[change.kind], (change.kind, change.record)
            row = told.get(key) or Told(change.operation, "pending")
            if change.refused:
                missing.add(key)
                yield self._get_refused(change, row)
                continue
            there = row.is_there or change.external_id is not None
            action, reason = choose_action(
                kind,
                change.operation,
                there=there,
                served=change.kind in services,
                awaits=not missing.isdisjoint(kind.get_named(change.content)),
            )
            if action is None:
                continue
            if action == "skip":
                missing.add(key)
            after, changes = {}, {}
            if change.operation == "put":
                after = self._translate(kind, change.content, external_ids)
                changes = find_differences(kind, row.content, after)
            if action in ("create", "change"):
                name = rows._get_dry_run_action
                action = name(change.kind, action, row.content, after)
            yield Line(
                *key,
                change.name,
                action,
                self._name_values(kind, changes, labels),
                row.external_id or change.external_id,
                reason,
            )

    @api.model
    def _get_former_labels(self, rows, channel, told):
        """Names of the records that what the channel has names: dict of kind and its
        id → name."""
        had = [(kind, row.content) for (kind, _id), row in told.items()]
        translator = self.env["sale.channel.outgoing.translator"]
        return translator._get_names(rows, channel, had)

    @api.model
    def _get_refused(self, change, row):
        """The line of what cannot go out because of something in Odoo."""
        return Line(
            change.kind,
            change.record,
            change.name,
            "skip",
            external_id=row.external_id,
            reason=change.refused.code,
            params=dict(change.refused.params),
        )

    @api.model
    def _translate(self, kind, content, external_ids):
        """As it would be sent; what the channel does not have yet is a pair of a kind's
        code and Odoo's id."""
        content = dict(kind.normalise(content))
        for field, code in kind.names.items():
            if content.get(field):
                pair = code, content[field]
                content[field] = external_ids.get(pair, pair)
        return content

    @api.model
    def _name_values(self, kind, changes, labels):
        """Changes with names in place of ids."""
        for field, code in kind.names.items():
            if field in changes:
                changes[field] = tuple(
                    labels.get(value if isinstance(value, tuple) else (code, value))
                    or value
                    for value in changes[field]
                )
        return changes

    @api.model
    def _get_labels(self, rows, channel, named):
        """Names of records that contents name, by kind and Odoo's id."""
        ids = {}
        for code, record in named:
            ids.setdefault(code, set()).add(record)
        labels = {}
        for code, records in ids.items():
            known = rows.search_fetch(
                [
                    ("channel_id", "=", channel.id),
                    ("kind", "=", code),
                    ("res_id", "in", list(records)),
                ],
                ["res_id", "name"],
            )
            found = {row.res_id: row.name for row in known}
            model = self.env[rows._outgoing_family[code].model].sudo()
            others = model.browse(records - found.keys()).exists()
            found.update((record.id, record.display_name) for record in others)
            labels.update(((code, id_), name) for id_, name in found.items())
        return labels

    @api.model
    def _prepare_lines(self, rows, lines):
        ids = {}
        for line in lines:
            ids.setdefault(line.kind, []).append(line.record)
        family = rows._outgoing_family
        products = {
            code: self._get_products(family[code].model, records)
            for code, records in ids.items()
        }
        return [
            {
                "row_model": rows._name,
                "kind": line.kind,
                "name": line.name,
                "action": line.action,
                "changes": [[key, *pair] for key, pair in line.changes.items()],
                "external_id": line.external_id,
                "error_code": line.reason,
                "error_params": line.params or False,
                "res_id": line.record,
                "product_id": products[line.kind].get(line.record),
            }
            for line in lines
        ]

    @api.model
    def _prepare_skipped(self, rows, part, skipped):
        kind = part.kinds[0] if part.kinds else False
        model = rows._outgoing_family[kind].model if kind else PRODUCT
        products = self._get_products(model, [record for _n, record, _c, _p in skipped])
        return [
            {
                "row_model": rows._name,
                "kind": kind,
                "name": name,
                "action": "skip",
                "error_code": code,
                "error_params": params or False,
                "res_id": record,
                "product_id": products.get(record),
            }
            for name, record, code, params in skipped
        ]

    @api.model
    def _get_products(self, model, ids):
        """The products that records are about: dict id → id of ``product.product``."""
        records = self.env[model].sudo().with_context(active_test=False)
        link = find_link(records, PRODUCT)
        if not link or not ids:
            return {}
        found = records.search_fetch([("id", "in", list(ids))], [link])
        return {one.id: one.id if link == "id" else one[link].id for one in found}
