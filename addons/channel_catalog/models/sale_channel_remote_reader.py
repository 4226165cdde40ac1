import json
import math

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.channel_base.lib.errors import Rejected
from odoo.addons.channel_base.lib.text import clean, exact, identifier, storable

from ..lib.matching import barcode_key, sku_key

PLAUSIBLE = 10**12
# Characters of JSON: a longer content is no listing's.
CONTENT_LIMIT = 200_000
OPTIONS_LIMIT = 20
COLUMNS = {
    "external_id": "varchar",
    "external_product_id": "varchar",
    "external_stock_id": "varchar",
    "url_id": "varchar",
    "title": "varchar",
    "product_title": "varchar",
    "sku": "varchar",
    "barcode": "varchar",
    "sku_key": "varchar",
    "barcode_key": "varchar",
    "listing_type": "varchar",
    "options": "jsonb",
    "price": "numeric",
    "currency": "varchar",
    "quantity": "numeric",
    "status": "varchar",
    "stock_group": "varchar",
    "stock_kept": "boolean",
    "kept_quantity": "numeric",
    "kept_fields": "jsonb",
    "content": "jsonb",
    "product_content": "jsonb",
}
UPSERT = """
    INSERT INTO sale_channel_remote_listing AS known (
        channel_id, company_id, state, seen_pass, gone_at,
        create_uid, create_date, write_uid, write_date, %(names)s)
    SELECT %(channel)s, %(company)s, 'new', %(pass)s, NULL,
           %(user)s, %(now)s, %(user)s, %(now)s, %(names)s
      FROM json_to_recordset(%(rows)s::json) AS row (%(types)s)
        ON CONFLICT (channel_id, external_id) DO UPDATE
       SET seen_pass = COALESCE(EXCLUDED.seen_pass, known.seen_pass),
           gone_at = NULL,
           write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date,
           %(updates)s
"""


class SaleChannelRemoteReader(models.AbstractModel):
    """Keeps what a channel sells, page by page; see ``sale.channel.remote.listing``."""

    _name = "sale.channel.remote.reader"
    _description = "Reads What a Sales Channel Sells Already"

    @api.model
    def _store_page(self, channel, page, number=None):
        """Keep a page of the list, in one statement.

        What cannot be read of it keeps nothing else from being kept.

        :param page: :class:`..lib.remote.RemotePage`
        :param number: of the pass through the list; None for one that was looked at
            apart from it
        :return: how many were kept, and how many cannot be read
        """
        rows, moved, ended = {}, {}, {}
        for listing in page.listings:
            try:
                row = self._prepare_row(listing)
            except Rejected:
                continue
            key = row["external_id"]
            if listing.ended:
                ended[key] = row
                continue
            rows[key] = row
            for former in listing.former_ids:
                moved[exact(former)] = key
        if rows:
            shown = self._get_unapproved(channel, list(rows))
            self._upsert(channel, list(rows.values()), number)
            self._follow_visibility(shown)
        self._move(channel, moved)
        self._end_rows(channel, ended, number)
        self._keep_unread(channel, page.unread, number)
        kept = len(rows) + len(ended)
        return kept, len(page.listings) - kept + page.failed

    @api.model
    def _get_unapproved(self, channel, ids):
        """Rows whose listing waits for approval: dict row → whether it was shown."""
        rows = self.env["sale.channel.remote.listing"].search(
            [
                ("channel_id", "=", channel.id),
                ("external_id", "in", ids),
                ("listing_id.approved", "=", False),
            ]
        )
        return {row: row._get_visibility() for row in rows if row.listing_id}

    @api.model
    def _follow_visibility(self, shown):
        """What somebody hid or showed on the channel meanwhile stays so when the
        listing is approved.

        :param shown: see :meth:`_get_unapproved`, before it was read again
        """
        for row, before in shown.items():
            if row._get_visibility() != before:
                row.listing_id.visibility = row._get_visibility()

    @api.model
    def _move(self, channel, moved):
        """Have listings go on whose id the channel changed.

        :param moved: dict former id → id of today
        """
        if not moved:
            return
        listings = self.env["sale.channel.listing"].search(
            [("channel_id", "=", channel.id), ("external_id", "in", list(moved))]
        )
        rows = self.env["sale.channel.remote.listing"].search(
            [
                ("channel_id", "=", channel.id),
                ("external_id", "in", list(set(moved.values()))),
            ]
        )
        by_id = {row.external_id: row for row in rows}
        places = self.env["sale.channel.listing.place"]
        for listing in listings:
            row = by_id.get(moved[listing.external_id])
            if not row or row.listing_id:
                continue
            # It may be what somebody linked or made meanwhile.
            if not places._find_other(listing, row.external_id):
                row._take_over(listing)

    @api.model
    def _end_rows(self, channel, ended, number):
        """Keep how known listings stand that nobody can buy any more; others are not
        worth knowing.

        :param ended: dict external id → values
        """
        for row in self._find_rows(channel, list(ended)):
            row.write(
                {
                    "status": ended[row.external_id]["status"],
                    "gone_at": row.gone_at or fields.Datetime.now(),
                    "seen_pass": number or row.seen_pass,
                }
            )

    @api.model
    def _keep_unread(self, channel, ids, number):
        """What is there and cannot be read is not gone."""
        if ids and number:
            keys = [exact(id_) for id_ in ids]
            self.env["sale.channel.remote.listing"].search(
                [
                    ("channel_id", "=", channel.id),
                    "|",
                    ("external_id", "in", keys),
                    ("external_product_id", "in", keys),
                ]
            ).seen_pass = number

    @api.model
    def _find_rows(self, channel, ids):
        return self.env["sale.channel.remote.listing"].search(
            [("channel_id", "=", channel.id), ("external_id", "in", ids)]
        )

    @api.model
    def _get_hinted(self, channel, hints):
        """Which listings have to be looked at again.

        :param hints: list of :class:`..lib.remote.ListingHint`
        :return: ids for ``RemoteCatalog.read_some``, each once
        """
        rows = self.env["sale.channel.remote.listing"]
        groups = {hint.stock_group for hint in hints} - {""}
        ids = {hint.external_id for hint in hints} - {""}
        known = rows.search(
            [
                ("channel_id", "=", channel.id),
                "|",
                "|",
                ("external_id", "in", list(ids)),
                ("external_product_id", "in", list(ids)),
                ("stock_group", "in", list(groups)),
            ]
        )
        return sorted(ids.union(known.mapped("external_id")))

    @api.model
    def _store_again(self, channel, ids, page):
        """Keep what was looked at again, and tell the listings.

        :param ids: those that were asked for
        :param page: what the channel answered
        :return: how many were kept, and how many cannot be read
        """
        counts = self._store_page(channel, page)
        told = {exact(listing.external_id) for listing in page.listings}
        there = told | {exact(id_) for id_ in page.unread}
        for row in self._find_rows(channel, [id_ for id_ in ids if id_ not in there]):
            if row.external_product_id not in page.unread:
                row.gone_at = row.gone_at or fields.Datetime.now()
        keys = sorted({*ids, *told})
        self._connect(channel, keys)
        self._tell_listings(channel, keys)
        new = self._find_rows(channel, keys).filtered(lambda row: row.state == "new")
        if new:
            self.env["sale.channel.remote.matcher"]._match_rows(channel, new)
        return counts

    @api.model
    def _upsert(self, channel, rows, number):
        table = self.env["sale.channel.remote.listing"]
        table.flush_model()
        names = [SQL.identifier(name) for name in COLUMNS]
        self.env.cr.execute(
            SQL(
                UPSERT,
                names=SQL(", ").join(names),
                types=SQL(", ").join(
                    SQL("%s %s", SQL.identifier(name), SQL(kind))
                    for name, kind in COLUMNS.items()
                ),
                updates=SQL(", ").join(
                    SQL("%s = EXCLUDED.%s", name, name) for name in names
                ),
                channel=channel.id,
                company=channel.company_id.id or None,
                user=self.env.uid,
                now=fields.Datetime.now(),
                rows=json.dumps(sorted(rows, key=lambda row: row["external_id"])),
                **{"pass": number},
            )
        )
        table.invalidate_model(flush=False)

    @api.model
    def _prepare_row(self, listing):
        """:raises Rejected: nobody could find it by its id"""
        options = dict(list((listing.options or {}).items())[:OPTIONS_LIMIT])
        sku, barcode = exact(listing.sku), clean(listing.barcode, 128)
        return {
            "external_id": identifier(listing.external_id, "external_id"),
            "external_product_id": exact(listing.product_id) or None,
            "external_stock_id": exact(listing.stock_id) or None,
            "url_id": exact(listing.url_id) or None,
            "title": clean(listing.title) or None,
            "product_title": clean(listing.product_content.get("title")) or None,
            "sku": sku or None,
            "barcode": barcode or None,
            "sku_key": sku_key(listing.sku) or None,
            "barcode_key": barcode_key(listing.barcode) or None,
            "listing_type": exact(listing.listing_type),
            "options": {clean(key): clean(value) for key, value in options.items()},
            "price": self._to_number(listing.price),
            "currency": clean(listing.currency, 10) or None,
            "quantity": self._to_number(listing.quantity),
            "status": clean(listing.status) or None,
            "stock_group": exact(listing.stock_group) or None,
            "stock_kept": bool(listing.stock_kept),
            "kept_quantity": self._to_number(
                listing.quantity if listing.stock_kept else listing.kept_quantity
            ),
            "kept_fields": sorted(set(listing.kept_fields)) or None,
            "content": self._bound(listing.content),
            "product_content": self._bound(listing.product_content),
        }

    @api.model
    def _to_number(self, value):
        """A number that PostgreSQL can store; None for what is no plausible one."""
        if value is None:
            return None
        number = float(value)
        return number if math.isfinite(number) and abs(number) < PLAUSIBLE else None

    @api.model
    def _bound(self, content):
        """A content that can be stored; nothing of one that is too large."""
        content = storable(dict(content or {}))
        return content if len(json.dumps(content)) <= CONTENT_LIMIT else {}

    @api.model
    def _get_unseen(self, channel, number, last, limit):
        """Rows that the pass has not seen, by id.

        :param number: of the pass
        :param last: id after which they begin
        """
        return self.env["sale.channel.remote.listing"].search(
            [
                ("channel_id", "=", channel.id),
                ("gone_at", "=", False),
                ("id", ">", last),
                "|",
                ("seen_pass", "=", False),
                ("seen_pass", "!=", number),
            ],
            order="id",
            limit=limit,
        )

    @api.model
    def _end_pass(self, channel, number):
        """Mark what the pass has not seen as gone, tell the listings what is known of
        them now.

        :param number: of the pass
        """
        table, now = self.env["sale.channel.remote.listing"], fields.Datetime.now()
        table.flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_channel_remote_listing SET gone_at = %s
                 WHERE channel_id = %s AND gone_at IS NULL
                   AND seen_pass IS DISTINCT FROM %s
                """,
                *(now, channel.id, number),
            )
        )
        table.invalidate_model(flush=False)
        self._connect(channel)
        self._tell_listings(channel)

    @api.model
    def _connect(self, channel, ids=None):
        """Connect what is there with the listings that have its ids.

        :param ids: external ids; None for all
        """
        table = self.env["sale.channel.remote.listing"]
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_channel_remote_listing AS row
                   SET listing_id = listing.id,
                       match_reason = NULL,
                       state = CASE WHEN listing.id IS NOT NULL THEN 'linked'
                               WHEN row.state = 'linked' THEN 'new'
                               ELSE row.state END
                  FROM sale_channel_remote_listing AS other
             LEFT JOIN sale_channel_listing AS listing
                    ON listing.channel_id = other.channel_id
                   AND listing.external_id = other.external_id
                 WHERE row.id = other.id AND row.channel_id = %s AND %s
                   AND (row.listing_id IS DISTINCT FROM listing.id
                        OR (row.state = 'linked') != (listing.id IS NOT NULL))
                """,
                channel.id,
                self._among(ids),
            )
        )
        table.invalidate_model(flush=False)

    @api.model
    def _among(self, ids):
        return SQL("TRUE") if ids is None else SQL("row.external_id = ANY(%s)", ids)

    @api.model
    def _tell_listings(self, channel, ids=None):
        """Tell listings what became of them there.

        :param ids: external ids; None for all
        """
        rows = self.env["sale.channel.remote.listing"]
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                """
                SELECT row.id
                  FROM sale_channel_remote_listing AS row
                  JOIN sale_channel_listing AS listing ON listing.id = row.listing_id
                 WHERE row.channel_id = %s AND %s
                   AND (row.gone_at IS DISTINCT FROM listing.missing_since
                        OR row.status IS DISTINCT FROM listing.channel_status
                        OR row.gone_at IS NULL AND (
                           COALESCE(row.listing_type, '') != listing.listing_type
                           OR row.url_id IS DISTINCT FROM listing.url_id
                           OR row.external_stock_id
                              IS DISTINCT FROM listing.external_stock_id
                           OR COALESCE(row.stock_kept, FALSE)
                              != COALESCE(listing.stock_kept, FALSE)
                           OR COALESCE(row.kept_quantity, 0)
                              != COALESCE(listing.stock_there, 0)
                           OR NOT COALESCE(listing.kept_fields, '[]'::jsonb)
                              @> COALESCE(row.kept_fields, '[]'::jsonb)))
                """,
                channel.id,
                self._among(ids),
            )
        )
        for row in rows.browse(id_ for (id_,) in found):
            row._tell_listing()
