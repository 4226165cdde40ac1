from datetime import timedelta

from odoo import fields, models

from odoo.addons.channel_base.lib.errors import Rejected, Retryable
from odoo.addons.channel_base.lib.steps import Step

# Rows of the channel's list compared, or linked, in one transaction
MATCH_LIMIT = 500
LINK_LIMIT = 50
# Listings asked for by id in one call
FIND_LIMIT = 50
# How long what was announced waits for more, and how much is taken at once
HINT_SECONDS = 60
HINT_LIMIT = 1000
# What a pass through the list does, in order
PHASES = ("read", "end", "match", "settle", "link", "done")


class SaleChannelRemoteFlow(models.AbstractModel):
    """What the flow *Listings In* does: it reads what a channel sells already, and what
    it announces of it."""

    _name = "sale.channel.remote.flow"
    _description = "Steps of Reading What a Sales Channel Sells"

    def _run_steps(self, flow, run):
        """A full run reads the list, any other what was announced.

        :param flow: ``sale.channel.flow``
        :param run: see ``sale.channel.flow._run_steps``
        """
        catalog = flow.channel_id._get_provider()._get_remote_catalog(flow.channel_id)
        if not flow._get_state().full_run:
            yield from self._look_again_steps(flow, run, catalog)
            return
        self._begin_list(flow)
        # A conflict of what follows must not take it back.
        yield Step.COMMIT
        yield from self._read_list_steps(flow, run, catalog)
        yield from self._end_list_steps(flow, run, catalog)
        yield from self._match_list_steps(flow)
        yield from self._link_list_steps(flow, run)
        self._move_list(flow, "done")

    def _begin_list(self, flow):
        """Go on with the pass that failed or was killed, or begin another one.

        The cursor holds the pass: what it belongs to, its number, its phase, where the
        phase goes on, how much was seen, and since when the list is known.
        """
        cursor, scope = flow._get_state().cursor or {}, flow._get_list_scope()
        same = cursor.get("scope") == scope
        if same and cursor.get("phase", "done") != "done":
            return
        self._restart_list(flow, read_at=cursor.get("read_at") if same else None)

    def _restart_list(self, flow, **more):
        # What was announced before it is read now anyway.
        self._take_hints(flow)
        rows = self.env["sale.channel.remote.listing"]
        [(last,)] = rows._read_group(
            [("channel_id", "=", flow.channel_id.id)], [], ["seen_pass:max"]
        )
        flow._get_state().cursor = {
            "scope": flow._get_list_scope(),
            "pass": (last or 0) + 1,
            "phase": PHASES[0],
            "position": None,
            "seen": 0,
            **more,
        }

    def _is_list_phase(self, flow, phase):
        return flow._get_state().cursor["phase"] == phase

    def _move_list(self, flow, phase, position=None, **more):
        state = flow._get_state()
        state.cursor = {**state.cursor, "phase": phase, "position": position, **more}

    def _read_list_steps(self, flow, run, catalog):
        """Read the list, page by page, each kept together with where it goes on."""
        reader = self.env["sale.channel.remote.reader"]
        while self._is_list_phase(flow, "read"):
            position = flow._get_state().cursor["position"]
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            try:
                page = catalog.read_page(position, flow.batch_size)
            except Rejected:
                if position is not None:
                    # The channel may have forgotten where it was.
                    self._restart_list(
                        flow, read_at=flow._get_state().cursor.get("read_at")
                    )
                    yield Step.COMMIT
                raise
            kept, failed = flow._retry_conflicts(self._store_list, flow, reader, page)
            run._count(received=kept, failed=failed, call=catalog.take_calls())
            yield Step.BATCH_END

    def _store_list(self, flow, reader, page):
        cursor = flow._get_state().cursor
        counts = reader._store_page(flow.channel_id, page, cursor["pass"])
        phase = "read" if page.cursor is not None else "end"
        self._move_list(flow, phase, page.cursor, seen=cursor["seen"] + sum(counts))
        return counts

    def _end_list_steps(self, flow, run, catalog):
        """:raises Retryable: nothing was there, where there was something"""
        if not self._is_list_phase(flow, "end"):
            return
        cursor, channel = flow._get_state().cursor, flow.channel_id
        rows = self.env["sale.channel.remote.listing"]
        present = [("channel_id", "=", channel.id), ("gone_at", "=", False)]
        if not cursor["seen"] and not cursor.get("empty"):
            if rows.search_count(present, limit=1):
                # An answer that is empty by a fault would stop all stock.
                self._restart_list(flow, read_at=cursor.get("read_at"), empty=True)
                yield Step.COMMIT
                raise Retryable("nothing is there any more", code="list_empty")
        else:
            yield from self._find_unseen_steps(flow, run, catalog)
        flow._retry_conflicts(self._end_list, flow)
        yield Step.BATCH_END

    def _find_unseen_steps(self, flow, run, catalog):
        """Ask for what the list did not show: one that was deleted before it may have
        moved it to a page that was read already."""
        reader = self.env["sale.channel.remote.reader"]
        while True:
            cursor = flow._get_state().cursor
            rows = reader._get_unseen(
                flow.channel_id, cursor["pass"], cursor["position"] or 0, FIND_LIMIT
            )
            if not rows:
                return
            last, ids = rows[-1].id, rows.mapped("external_id")
            yield Step.COMMIT
            page = catalog.read_some(ids)
            kept, failed = flow._retry_conflicts(
                self._store_unseen, flow, reader, page, last
            )
            run._count(received=kept, failed=failed, call=catalog.take_calls())
            yield Step.BATCH_END

    def _store_unseen(self, flow, reader, page, last):
        number = flow._get_state().cursor["pass"]
        counts = reader._store_page(flow.channel_id, page, number)
        self._move_list(flow, "end", last)
        return counts

    def _take_hints(self, flow):
        """Take what was announced.

        :return: list of :class:`..lib.remote.ListingHint`
        """
        channel = flow.channel_id
        taken = self.env["sale.channel.hint"]._take(channel, flow.kind, HINT_LIMIT)
        if not taken:
            return []
        self.env["sale.channel.topic"]._note_hints(channel, taken)
        read = channel._get_provider()._read_listing_hint
        found = (read(channel, hint["topic"], hint["resource"]) for hint in taken)
        return [hint for hint in found if hint]

    def _look_again_steps(self, flow, run, catalog):
        """Look again at the listings that the channel announced."""
        reader, known = self.env["sale.channel.remote.reader"], True
        while known and (known := flow._is_list_read(flow.channel_id)):
            ids = flow._retry_conflicts(self._note_hinted, flow, reader)
            if not ids:
                return
            # No transaction is open while the network is awaited.
            yield Step.COMMIT
            page = catalog.read_some(ids)
            kept, failed = flow._retry_conflicts(
                self._store_hinted, flow, reader, ids, page
            )
            run._count(received=kept, failed=failed, call=catalog.take_calls())
            yield Step.BATCH_END

    def _note_hinted(self, flow, reader):
        """Keep which listings were announced; the next ones to look at."""
        state = flow._get_state()
        waiting = (state.cursor or {}).get("again", [])
        if not waiting and (hints := self._take_hints(flow)):
            waiting = reader._get_hinted(flow.channel_id, hints)
            state.cursor = {**state.cursor, "again": waiting}
        return waiting[:FIND_LIMIT]

    def _store_hinted(self, flow, reader, ids, page):
        counts = reader._store_again(flow.channel_id, ids, page)
        state = flow._get_state()
        left = [id_ for id_ in state.cursor.get("again", ()) if id_ not in set(ids)]
        state.cursor = {**state.cursor, "again": left}
        return counts

    def _get_hint_moment(self, flow):
        """When it looks at what was announced: a burst, such as that of what Odoo wrote
        itself, is one reading."""
        if not flow._is_list_read(flow.channel_id):
            return None
        if flow._get_state().cursor.get("again"):
            return fields.Datetime.now()
        first = self.env["sale.channel.hint"].search(
            [("channel_id", "=", flow.channel_id.id), ("kind", "=", flow.kind)],
            order="id",
            limit=1,
        )
        return first.received_at and first.received_at + timedelta(seconds=HINT_SECONDS)

    def _end_list(self, flow):
        reader = self.env["sale.channel.remote.reader"]
        cursor = flow._get_state().cursor
        reader._end_pass(flow.channel_id, cursor["pass"])
        known = cursor.get("read_at")
        now = fields.Datetime.to_string(fields.Datetime.now())
        self._move_list(flow, "match", 0, read_at=now, empty=False)
        if not known:
            # What waited for it goes out now.
            flows = flow.channel_id.flow_ids.filtered(
                lambda one: one.kind == "listings_out" and one.enabled
            )
            flows._request_run()

    def _match_list_steps(self, flow):
        """Find out what the rows are that nobody has decided about."""
        while self._is_list_phase(flow, "match"):
            flow._retry_conflicts(self._match_page, flow)
            # However many pages there are, memory holds one.
            self.env.invalidate_all()
            yield Step.BATCH_END
        if self._is_list_phase(flow, "settle"):
            flow._retry_conflicts(self._settle_list, flow)
            yield Step.BATCH_END

    def _match_page(self, flow):
        matcher = self.env["sale.channel.remote.matcher"]
        rows = self._get_list_page(flow, MATCH_LIMIT)
        matcher._propose(flow.channel_id, rows)
        if rows:
            self._move_list(flow, "match", rows[-1].id)
        else:
            self._move_list(flow, "settle")

    def _get_list_page(self, flow, limit, domain=()):
        position = flow._get_state().cursor["position"] or 0
        matcher = self.env["sale.channel.remote.matcher"]
        open_ = matcher._get_open_domain(flow.channel_id)
        rows = self.env["sale.channel.remote.listing"]
        return rows.search(
            open_ & fields.Domain([("id", ">", position), *domain]),
            order="id",
            limit=limit,
        )

    def _settle_list(self, flow):
        self.env["sale.channel.remote.matcher"]._settle(flow.channel_id)
        self._move_list(flow, "link", 0)

    def _link_list_steps(self, flow, run):
        """Link what is certain."""
        while self._is_list_phase(flow, "link"):
            linked = flow._retry_conflicts(self._link_page, flow)
            run._count(processed=linked)
            self.env.invalidate_all()
            yield Step.BATCH_END

    def _link_page(self, flow):
        rows = self._get_list_page(flow, LINK_LIMIT, [("state", "=", "sure")])
        if not rows:
            self._move_list(flow, "done")
            return 0
        matcher = self.env["sale.channel.remote.matcher"]
        linked = matcher._link_sure(flow.channel_id, rows)
        self._move_list(flow, "link", rows[-1].id)
        return linked
