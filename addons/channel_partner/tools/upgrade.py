"""Repairs of what earlier versions stored; the scripts of the upgrade call them."""

from odoo.fields import Command
from odoo.tools import SQL

from ..lib import documents
from ..lib.buyer import Buyer
from ..lib.identity import identity_key, is_kept
from ..lib.merge import Rule

# Enough to find texts that may hold pictographs.
EMOJI = "[\u2600-\u27bf\U0001f000-\U0001faff]"


def _find(env, condition):
    query = SQL("SELECT id FROM sale_channel_identity WHERE %s ORDER BY id", condition)
    return env["sale.channel.identity"].browse(
        id_ for (id_,) in env.execute_query(query)
    )


def release_placeholders(env):
    """Identities whose number identifies nobody are no longer taken for somebody.

    Where such a number joined several buyers in one customer a person has to say who
    the buyer is before the next order; existing orders stay as they are.
    """
    suspect = SQL("split_part(key, '|', 2) ~ ANY(%s)", list(documents.SUSPECT))
    for row in _find(env, suspect):
        checked = documents.check(
            row.document_type or "", row.document_number or "", row.key[:2]
        )
        if not checked or not checked.country:
            _release(row, checked)


def _release(row, checked):
    """Stop taking an identity for somebody by its number."""
    buyer, partner = row.buyer_id, row.partner_id
    others = buyer.identity_ids - row
    key = identity_key(checked, row.external_id or "")
    if key in others.mapped("key"):
        key = identity_key(checked, f"{row.external_id or ''}#{row.id}")
    values = {"key": key}
    strangers = partner.identity_ids.buyer_id - buyer
    if row.origin == "matched" and strangers:
        values.update(
            partner_id=False,
            needs_choice=True,
            candidate_ids=[Command.create({"partner_id": partner.id})],
        )
        if buyer.partner_id == partner and partner not in others.partner_id:
            buyer.partner_id = False
    row.write(values)


def repair_billing(env):
    """Take courier notes and emoji out of the addresses of customers.

    Only where the address is still the one that the channel wrote.
    """
    condition = SQL(
        "written::jsonb ? 'billing'"
        " AND (address::jsonb ? 'comment' OR address::text ~ %s)",
        EMOJI,
    )
    batches = {}
    for row in _find(env, condition).filtered("partner_id"):
        channel = row.channel_id
        company = channel.company_id or env.company
        importer = env["sale.channel.partner.importer"].with_company(company)
        if channel not in batches:
            lookup = importer.env["sale.channel.partner.lookup"]
            batches[channel] = lookup._open(channel)
        _rewrite_billing(importer, batches[channel], row.with_env(importer.env))


def _rewrite_billing(importer, batch, row):
    """Write the billing address again as it is laid out now."""
    buyer = row.buyer_id
    data = Buyer(external_id=buyer.external_id, identity=row._to_data())
    item = importer._prepare_item(data, None)
    item.buyer, item.partner = buyer, row.partner_id
    importer._check_document(batch, item)
    written = dict(row.written)
    writer = importer.env["sale.channel.customer.writer"]
    writer._update_data(batch, item, Rule.FOLLOW, written)
    if written != row.written:
        row.written = written


def repair_lossy_documents(env):
    """Write numbers again of which Odoo kept the digits only."""
    condition = SQL(
        "partner_id IS NOT NULL AND document_number ~ '[A-Za-z]' AND problem IS NULL"
    )
    for row in _find(env, condition):
        number, partner = row.document_number, row.partner_id
        ours = {"vat": partner.vat, "document": number}.items()
        if ours <= (row.written or {}).items() and not is_kept(number, partner.vat):
            partner.vat = number
            row.written = {**row.written, "vat": partner.vat}
