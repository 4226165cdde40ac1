from datetime import timedelta

from odoo import api, fields, models

from ..lib.lifecycle import LEFT_ALONE, PASSING, IllegalEvent, Place, follow

AMBIGUOUS = "customer_ambiguous"
# How soon data that lacks is asked for again: not sooner, and not before a part of the
# time has passed that was waited already.
RETRY_PAUSE = timedelta(minutes=2)
RETRY_SHARE = 3
# Nothing is wrong with the order: the channel is not told that it was rejected.
OUR_OWN_PROBLEMS = (AMBIGUOUS, "attempts_exhausted", "unexpected")


class SaleChannelOrderLife(models.AbstractModel):
    """Lets the events of :mod:`..lib.lifecycle` happen to inbox rows."""

    _name = "sale.channel.order.life"
    _description = "Channel Orders: life"

    @api.model
    def _begin(self, orders, event, vals_list, **params):
        """Make rows of orders that nobody knew.

        :param orders: the inbox, in the wanted environment
        :param event: of the table, with which a life begins
        :param vals_list: their other values
        :param params: what its sentence interpolates
        """
        step = follow(event, None)
        born = {
            "state": step.place.outcome,
            "sync_state": step.place.work,
            "ignored_code": step.reason,
        }
        rows = orders.create([{**born, **values} for values in vals_list])
        kind, code = step.story
        rows._tell(kind, code, **params)
        return rows

    @api.model
    def _get_place(self, row):
        order = row.sale_order_id
        sale = "none"
        if order:
            sale = "ended" if order.state == "cancel" else "stands"
        stored = bool(row.content_hash) and not row.incomplete
        return Place(row.state, row.sync_state, sale, stored)

    @api.model
    def _can(self, event, row):
        """Whether something may happen to a row where it is."""
        try:
            follow(event, self._get_place(row))
        except IllegalEvent:
            return False
        return True

    @api.model
    def _apply(self, event, changes):
        """Let something happen to rows: the only writer of their outcome and work.

        Writes, tells the story, queues answers and wakes the flow.

        :param event: of :data:`..lib.lifecycle.TABLE`
        :param changes: list of (row, further values, what its sentence interpolates)
        :raises IllegalEvent: it cannot happen where a row is
        """
        told, groups, steps = [], {}, {}
        for row, values, params in changes:
            place = self._get_place(row)
            step = follow(event, place)
            same = (place, step, id(values), id(params))
            groups.setdefault(same, (place, step, values, params, []))[-1].append(row)
            steps[step] = steps.get(step, row) | row
            if step.story:
                kind, code = step.story
                told.append((row, kind, code or values["error_code"], params))
        for place, step, values, params, rows in groups.values():
            own = self._prepare_step(place, step, params)
            rows[0].concat(*rows[1:]).write({**own, **values})
        if told:
            self.env["sale.channel.order.event"]._tell(told)
        for step, rows in steps.items():
            self._conclude(step, rows)

    @api.model
    def _prepare_step(self, before, step, params):
        """What a step writes by itself.

        :param before: the rows' place until now
        """
        after, values = step.place, self._prepare_effect(step.effect)
        # Only what changes, since much is computed from it.
        if after.outcome != before.outcome:
            values["state"] = after.outcome
        if after.work != before.work:
            values["sync_state"] = after.work
        if before.sale != "none" and after.sale == "none":
            values["sale_order_id"] = False
        if after.outcome not in LEFT_ALONE:
            if before.outcome in LEFT_ALONE:
                values |= {"ignored_code": False, "ignored_params": False}
        elif step.reason:
            values |= {
                "ignored_code": step.reason,
                "ignored_params": {key: str(value) for key, value in params.items()},
            }
        return values

    @api.model
    def _prepare_effect(self, effect):
        now = fields.Datetime.now()
        no_error = {
            "error_code": False,
            "error_params": False,
            "error_detail": False,
            "blocked_mapping_id": False,
            "awaits_data": False,
        }
        again = {"attempts": 0, "next_attempt_at": now, "waiting_since": now}
        return {
            "keep": {},
            "store": {},
            "settle": {**no_error, "attempts": 0, "last_synced_at": now},
            "news": {**again, "blocked_mapping_id": False},
            "again": {**no_error, **again},
            "later": no_error,
        }[effect]

    @api.model
    def _conclude(self, step, rows):
        """What follows of a step that is written."""
        if step.effect == "settle":
            for row in rows:
                # Empty: what was read last is not kept, or could not be read.
                row.processed_hash = row.content_hash or row.processed_hash
                if row._is_read_again():
                    self._await_data(row)
        if step.wakes:
            rows._wake_flow()
        if "rejected" in step.answers:
            rows.filtered(lambda row: row.error_code not in OUR_OWN_PROBLEMS)._answer(
                "rejected"
            )
        if "return" in step.answers:
            rows._on_confirmed()

    @api.model
    def _await_data(self, row):
        """Read a row again later: the channel is still preparing some of its data."""
        pause = max(RETRY_PAUSE, row._get_waited() / RETRY_SHARE)
        # Waiting for the channel is no attempt that failed.
        row._apply(
            "awaited",
            {
                "attempts": 0,
                "awaits_data": True,
                "next_attempt_at": fields.Datetime.now() + pause,
            },
        )

    @api.model
    def _refuse(self, row, error):
        """Bring a row where an error leads, and tell why."""
        values = {"error_detail": str(error)[:500], **row._prepare_failure(error)}
        state = values.pop("sync_state")
        if state == "pending":
            row._apply(PASSING.get(values["error_code"], "put_off"), values)
            return
        if row._is_dismissed():
            # What cannot be read of it changes nothing.
            row._apply("disregarded")
            return
        if row.sync_state == "fetch":
            # What is stored is not what the channel has.
            values["content_hash"] = False
        event = "failed" if state == "error" else "blocked"
        row._apply(event, values, **(values["error_params"] or {}))
        if row.state == "rejected":
            self.env["sale.channel.order.line"]._keep(row)
