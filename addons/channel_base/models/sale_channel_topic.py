from datetime import timedelta

from odoo import api, fields, models

# So many changes that nobody announced, over at least so long, mean that the channel
# has stopped announcing them; after a day the count begins anew.
QUIET_CHANGES = 5
QUIET_MINUTES = 30
QUIET_HOURS = 24


class SaleChannelTopic(models.Model):
    """The life of one kind of notification of a channel.

    Written by flows when they take hints, never by the requests that bring them.
    """

    _name = "sale.channel.topic"
    _description = "Notifications of a Sales Channel"
    _order = "channel_id, name"

    channel_id = fields.Many2one(
        "sale.channel", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    name = fields.Char("Topic", required=True)
    last_webhook_at = fields.Datetime("Last Received")
    webhook_count = fields.Integer("Received", aggregator=None)
    missed_count = fields.Integer(
        "Recovered",
        aggregator=None,
        help="Notifications that did not arrive and were asked for later.",
    )
    unannounced_count = fields.Integer(
        help="Changes that the search found since the last notification."
    )
    unannounced_since = fields.Datetime()
    state = fields.Selection(
        [("active", "Active"), ("quiet", "Quiet")], default="active", required=True
    )

    _name_uniq = models.Constraint(
        "UNIQUE (channel_id, name)", "The channel already has this topic."
    )

    @api.model
    def _note_hints(self, channel, hints):
        """Note that hints have come.

        :param hints: what :meth:`SaleChannelHint._take` answers
        """
        by_topic = {}
        for hint in hints:
            by_topic.setdefault(hint["topic"], []).append(hint)
        known = {topic.name: topic for topic in self._of(channel, list(by_topic))}
        for name, found in by_topic.items():
            topic = known.get(name) or self.create(
                {"channel_id": channel.id, "name": name}
            )
            received = [h["received_at"] for h in found if h["source"] == "webhook"]
            values = {"missed_count": topic.missed_count + len(found) - len(received)}
            if received:
                values.update(
                    last_webhook_at=max(received),
                    webhook_count=topic.webhook_count + len(received),
                    unannounced_count=0,
                    unannounced_since=False,
                    state="active",
                )
            topic.write(values)

    @api.model
    def _note_unannounced(self, channel, name, count):
        """Note changes that a search found before any notification of them.

        The responsible is told when that goes on for a while on a topic that used to
        be announced: after a stop of Odoo the first search finds what was missed.
        """
        topic = self._of(channel, [name])
        if not count or not topic.last_webhook_at:
            return
        now = fields.Datetime.now()
        since = topic.unannounced_since
        if not since or now - since > timedelta(hours=QUIET_HOURS):
            topic.write({"unannounced_since": now, "unannounced_count": count})
            return
        topic.unannounced_count += count
        lasting = now - since >= timedelta(minutes=QUIET_MINUTES)
        if topic.state == "active" and (
            lasting and topic.unannounced_count >= QUIET_CHANGES
        ):
            topic.state = "quiet"
            topic._alarm()

    def _of(self, channel, names):
        return self.search([("channel_id", "=", channel.id), ("name", "in", names)])

    def _alarm(self):
        self.ensure_one()
        channel = self.channel_id._for_responsible()
        channel._alert(
            channel.env._(
                "%(channel)s no longer announces “%(topic)s”",
                channel=channel.name,
                topic=self.name,
            ),
            channel._get_provider()._get_quiet_topic_help(channel, self.name),
        )
