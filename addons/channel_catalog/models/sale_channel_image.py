import mimetypes

from odoo import api, fields, models

from ..lib.images import Image

# Where pictures of products are: model → field
PICTURES = {
    "product.template": "image_1920",
    "product.product": "image_variant_1920",
    "product.image": "image_1920",
}


class SaleChannelImage(models.Model):
    """A picture that a channel has already, so that it is not uploaded again."""

    _name = "sale.channel.image"
    _description = "Picture on a Sales Channel"
    _rec_name = "checksum"

    channel_id = fields.Many2one("sale.channel", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True)
    checksum = fields.Char(required=True, help="Of the attachment in Odoo.")
    external_id = fields.Char(
        "External ID", required=True, help="An id or an address, as the channel says."
    )

    _checksum_uniq = models.Constraint(
        "UNIQUE (channel_id, checksum)", "The channel has this picture already."
    )

    @api.model
    def _load(self, channel, checksum):
        """The picture of a product as it is uploaded: :class:`..lib.images.Image`; None
        when it is not in Odoo any more."""
        found = self.env["ir.attachment"].search(
            [
                ("checksum", "=", checksum),
                ("res_model", "in", list(PICTURES)),
                ("res_field", "in", list(PICTURES.values())),
            ],
            limit=1,
        )
        if not found or not found.raw:
            return None
        ending = mimetypes.guess_extension(found.mimetype or "") or ""
        return Image(f"{checksum}{ending}", found.mimetype, found.raw)

    @api.model
    def _get_known(self, channel, checksums):
        """What the channel calls the pictures that it has: dict checksum → its id."""
        known = self.search_fetch(
            [("channel_id", "=", channel.id), ("checksum", "in", list(checksums))],
            ["checksum", "external_id"],
        )
        return {one.checksum: one.external_id for one in known}

    @api.model
    def _note(self, channel, checksum, external_id):
        """Keep what the channel calls a picture. Of one that it has already nothing
        changes: what was put with it is told apart by it."""
        if not self._get_known(channel, [checksum]):
            self.create(
                {
                    "channel_id": channel.id,
                    "checksum": checksum,
                    "external_id": external_id,
                }
            )
