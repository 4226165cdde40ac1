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
       SET seen_pass = EXCLUDED.seen_pass, gone_at = NULL,
           write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date,
           %(updates)s
"""


class SaleChannelRemoteReader(models.AbstractModel):
    """Keeps what a channel sells, page by page; see ``sale.channel.remote.listing``."""

    _name = "sale.channel.remote.reader"
    _description = "Reads What a Sales Channel Sells Already"

    @api.model
    def _store_page(self, channel, listings, number):
        """Keep a page of the list, in one statement.

        What cannot be read of it keeps nothing else from being kept.

        :param listings: of :class:`..lib.remote.RemoteListing`
        :param number: of the pass through the list
        :return: how many were kept, and how many cannot be read
        """
        rows = {}
        for listing in listings:
            try:
                row = self._prepare_row(listing)
            except Rejected:
                continue
            rows[row["external_id"]] = row
        if rows:
            self._upsert(channel, list(rows.values()), number)
        return len(rows), len(listings) - len(rows)

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
    def _connect(self, channel):
        """Connect what is there with the listings that have its ids."""
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
                 WHERE row.id = other.id AND row.channel_id = %s
                   AND (row.listing_id IS DISTINCT FROM listing.id
                        OR (row.state = 'linked') != (listing.id IS NOT NULL))
                """,
                channel.id,
            )
        )
        table.invalidate_model(flush=False)

    @api.model
    def _tell_listings(self, channel):
        """Tell listings what became of them there."""
        rows = self.env["sale.channel.remote.listing"]
        found = self.env.execute_query(
            SQL(
                """
                SELECT row.id
                  FROM sale_channel_remote_listing AS row
                  JOIN sale_channel_listing AS listing ON listing.id = row.listing_id
                 WHERE row.channel_id = %s
                   AND (row.gone_at IS DISTINCT FROM listing.missing_since
                        OR row.gone_at IS NULL
                        AND row.status IS DISTINCT FROM listing.channel_status)
                """,
                channel.id,
            )
        )
        for row in rows.browse(id_ for (id_,) in found):
            row.listing_id.write(
                {"missing_since": row.gone_at, "channel_status": row.status}
            )
