"""Who may do what: the rights that the tests hold the suite to."""

# Role → groups beside base.group_user; None: not an internal user.
ROLES = {
    "public": None,
    "portal": None,
    "internal": "",
    "salesman": "sales_team.group_sale_salesman",
    "billing": "account.group_account_invoice",
    "accountant": "account.group_account_manager",
    "channel user": "channel_base.group_channel_user",
    "channel manager": "channel_base.group_channel_manager",
    "pricing manager": "pricing_scenario.group_pricing_manager",
    "system": "base.group_system",
}

INTERNAL = (
    "internal",
    "salesman",
    "billing",
    "accountant",
    "channel user",
    "channel manager",
    "pricing manager",
    "system",
)
SALES = ("salesman", "channel user", "channel manager", "pricing manager")
CHANNEL = ("channel user", "channel manager")


def allow(roles, letters, **more):
    """Rights of some roles, and of others by name (``_`` for a space)."""
    rights = dict.fromkeys(roles, letters)
    rights.update({role.replace("_", " "): value for role, value in more.items()})
    return rights


ALL = "rwcu"
NOBODY = {}
SEEN_BY_CHANNEL = allow(CHANNEL, "r")
PRICING = allow(SALES, "r", pricing_manager=ALL)
WIZARD_FOR_ALL = allow(INTERNAL, ALL)

# Model → role → letters of read, write, create, unlink; what is not named is refused.
# A wizard's rights are those of its own records, not of what it does.
ACCESS = {
    "l10n_ar.arca.certificate": allow((), "", accountant="r", system=ALL),
    "l10n_ar.arca.certificate.import": allow(("system",), ALL),
    "l10n_ar.arca.ticket": NOBODY,
    "l10n_ar.identification.threshold": allow(INTERNAL, "r", accountant=ALL),
    "l10n_ar.padron.activity": allow(INTERNAL, "r"),
    "l10n_ar.padron.confirm": allow(("billing", "accountant"), ALL),
    "l10n_ar.padron.confirm.line": allow(("billing", "accountant"), ALL),
    "l10n_ar.padron.decision": allow(("billing", "accountant"), "r"),
    "l10n_ar.padron.dni": WIZARD_FOR_ALL,
    "l10n_ar.padron.dni.line": WIZARD_FOR_ALL,
    "l10n_ar.padron.position": allow((), "", billing="r", accountant=ALL),
    "mercadolibre.attribute": SEEN_BY_CHANNEL,
    "mercadolibre.attribute.value": SEEN_BY_CHANNEL,
    "mercadolibre.category": SEEN_BY_CHANNEL,
    "mercadolibre.chart": SEEN_BY_CHANNEL,
    "mercadolibre.form": allow(("channel manager",), ALL),
    "mercadolibre.form.line": allow(("channel manager",), ALL),
    "mercadolibre.product.attribute": allow(
        (), "", channel_user="r", channel_manager=ALL
    ),
    "mercadolibre.suggestion": allow(("channel manager",), ALL),
    "mercadolibre.suggestion.line": allow(("channel manager",), ALL),
    "partner.registration": allow(INTERNAL, "r"),
    "partner.registration.batch": allow(("system",), "rwc"),
    "partner.registration.finding": allow(INTERNAL, "r"),
    "partner.registration.pause": allow(("system",), "ru"),
    "partner.registration.review": WIZARD_FOR_ALL,
    "partner.registration.review.line": WIZARD_FOR_ALL,
    "pricing.advanced.config": PRICING,
    "pricing.channel.group": PRICING,
    "pricing.company.size": PRICING,
    "pricing.contract": PRICING,
    "pricing.customer.group": PRICING,
    "pricing.explanation": allow(SALES, ALL),
    "pricing.gap": allow(SALES, "r"),
    "pricing.generation": allow(("pricing manager",), ALL),
    "pricing.generation.line": allow(("pricing manager",), ALL),
    "pricing.generation.sample": allow(("pricing manager",), ALL),
    "pricing.interstate.rate": PRICING,
    "pricing.origin": PRICING,
    "pricing.scenario": PRICING,
    "pricing.scenario.rule": PRICING,
    "sale.channel.change": allow(("system",), "r"),
    "sale.channel.change.mark": allow(("channel manager",), "r"),
    "sale.channel.credential": allow(("system",), ALL),
    "sale.channel.difference": SEEN_BY_CHANNEL,
    "sale.channel.fake.stock": SEEN_BY_CHANNEL,
    "sale.channel.dry.run": allow((), "", channel_user="r", channel_manager="ru"),
    "sale.channel.dry.run.line": SEEN_BY_CHANNEL,
    "sale.channel.fee": SEEN_BY_CHANNEL,
    "sale.channel.flow": allow((), "", channel_user="r", channel_manager=ALL),
    "sale.channel.flow.state": allow(("channel manager",), "r"),
    "sale.channel.freight.rule": allow((), "", channel_user="r", channel_manager=ALL),
    "sale.channel.hint": allow(("channel manager",), "r"),
    "sale.channel.identity": allow((), "", channel_user="r", channel_manager="ru"),
    "sale.channel.identity.candidate": SEEN_BY_CHANNEL,
    "sale.channel.image": SEEN_BY_CHANNEL,
    "sale.channel.listing": allow((), "", channel_user="r", channel_manager=ALL),
    "sale.channel.listing.component": allow(
        (), "", channel_user="r", channel_manager=ALL
    ),
    "sale.channel.listing.content": SEEN_BY_CHANNEL,
    "sale.channel.listing.difference": allow(("channel manager",), ALL),
    "sale.channel.listing.margin": SEEN_BY_CHANNEL,
    "sale.channel.listing.price": SEEN_BY_CHANNEL,
    "sale.channel.listing.stock": SEEN_BY_CHANNEL,
    "sale.channel.listing.type": allow((), "", channel_user="r", channel_manager=ALL),
    "sale.channel.mapping": allow((), "", channel_user="r", channel_manager=ALL),
    "sale.channel.mapping.assign": allow(("channel manager",), ALL),
    "sale.channel.mapping.kind": allow(CHANNEL, "r", system=ALL),
    "sale.channel.order": SEEN_BY_CHANNEL,
    "sale.channel.order.answer": SEEN_BY_CHANNEL,
    "sale.channel.order.dismiss": allow(CHANNEL, ALL),
    "sale.channel.order.line": SEEN_BY_CHANNEL,
    "sale.channel.order.proposal.step": SEEN_BY_CHANNEL,
    "sale.channel.order.decision": allow(CHANNEL, "r", system="rw"),
    "sale.channel.order.event": SEEN_BY_CHANNEL,
    "sale.channel.order.import": allow(CHANNEL, ALL),
    "sale.channel.order.invoicing": SEEN_BY_CHANNEL,
    "sale.channel.order.manual": allow(CHANNEL, ALL),
    "sale.channel.order.payment": SEEN_BY_CHANNEL,
    "sale.channel.order.proposal": SEEN_BY_CHANNEL,
    "sale.channel.order.request": allow((), "", channel_user="r", channel_manager="ru"),
    "sale.channel.outgoing": SEEN_BY_CHANNEL,
    "sale.channel.outgoing.by.hand": allow(CHANNEL, ALL),
    "sale.channel.partner": allow((), "", channel_user="r", channel_manager=ALL),
    "sale.channel.partner.change": SEEN_BY_CHANNEL,
    "sale.channel.partner.change.line": SEEN_BY_CHANNEL,
    "sale.channel.partner.link": allow((), "", channel_user="r", channel_manager=ALL),
    "sale.channel.partner.move": allow(CHANNEL, ALL),
    "sale.channel.pricing.item": SEEN_BY_CHANNEL,
    "sale.channel.product": SEEN_BY_CHANNEL,
    "sale.channel.lease": SEEN_BY_CHANNEL,
    "sale.channel.quota": SEEN_BY_CHANNEL,
    "sale.channel.remote.link": allow(("channel manager",), ALL),
    "sale.channel.remote.link.line": allow(("channel manager",), ALL),
    "sale.channel.remote.listing": SEEN_BY_CHANNEL,
    "sale.channel.run": SEEN_BY_CHANNEL,
    "sale.channel.status": allow((), "", channel_user="r", channel_manager=ALL),
    "sale.channel.topic": SEEN_BY_CHANNEL,
}

# Model → who may write → fields; see field_guard. Of models that nobody may write, and
# of abstract ones, the fields are guarded all the same: an heir may be another case.
SYNC = (
    "attempts blocked_mapping_id content_hash error_code error_detail error_params "
    "last_synced_at next_attempt_at sync_state waiting_since"
)
REGISTRY = (
    "l10n_ar_fiscal_pending l10n_ar_padron_confirmed_at l10n_ar_padron_confirmed_id "
    "l10n_ar_padron_differs l10n_ar_padron_position_id l10n_ar_registration_id "
    "l10n_ar_responsibility_origin"
)
GUARDS = {
    "account.move": {
        "server": "l10n_ar_document_by_hand l10n_ar_padron_answer_id "
        "l10n_ar_padron_checked_at l10n_ar_responsibility_origin partner_legal_name",
    },
    "account.tax": {"server": "included_twin_id"},
    "l10n_ar.arca.certificate": {
        "server": "certificate cuit database_uuid expiry_warned fingerprint issuer "
        "private_key request valid_from valid_to",
    },
    "mercadolibre.product.attribute": {"server": "company_id"},
    "pricing.channel.group": {"server": "company_id"},
    "pricing.contract": {"server": "company_id"},
    "pricing.origin": {"server": "company_id"},
    "product.pricelist": {"server": "pricing_group_id pricing_origin_id"},
    "product.pricelist.item": {
        "server": "pricing_generated pricing_rate_id pricing_rule_id pricing_rule_key",
    },
    "res.partner": {"server": f"{REGISTRY} document_key"},
    "sale.channel": {"once": "channel_type", "server": "paused_from"},
    "sale.channel.credential": {
        "once": "channel_id",
        "server": "access_token account_claim account_id account_key account_name "
        "database_place database_uuid expires_at oauth_started_at oauth_state "
        "oauth_verifier refresh_token registered_url renewal_count renewed_at state",
    },
    "sale.channel.fee": {"server": SYNC},
    "sale.channel.flow": {
        "once": "channel_id kind",
        "server": "company_id confirmed cron_id run_requests",
    },
    "sale.channel.fake.stock": {"server": SYNC},
    "sale.channel.freight.rule": {"once": "channel_id"},
    "sale.channel.listing": {
        "once": "channel_id product_id",
        "server": "channel_product_id channel_status company_id external_id "
        "external_stock_id former_external_ids kept_fields mercadolibre_closing "
        "missing_since number origin "
        "stock_counted stock_kept stock_there stock_there_at stock_uncounted url_id "
        "warnings",
    },
    "sale.channel.listing.component": {"once": "listing_id", "server": "company_id"},
    "sale.channel.listing.content": {"server": SYNC},
    "sale.channel.listing.price": {
        "server": f"{SYNC} answer answered_by_id answered_hash paid paid_until"
    },
    "sale.channel.listing.stock": {"server": SYNC},
    "sale.channel.listing.type": {"once": "channel_id code", "server": "company_id"},
    "sale.channel.mapping": {
        "once": "channel_id kind_id",
        "server": "company_id is_mapped",
    },
    "sale.channel.order": {
        "once": "channel_id external_id",
        "server": f"{SYNC} company_id",
    },
    "sale.channel.order.answer": {"server": SYNC},
    "sale.channel.order.invoicing": {"server": SYNC},
    "sale.channel.partner": {
        "once": "channel_id external_id partner_id",
        "server": "company_id written",
    },
    "sale.channel.partner.link": {
        "once": "buyer_id customer_id key partner_id role",
        "server": "company_id written",
    },
    "sale.channel.pricing.item": {"server": SYNC},
    "sale.channel.product": {
        "once": "channel_id",
        "server": "company_id external_id product_tmpl_id",
    },
    "sale.channel.remote.listing": {
        "once": "channel_id external_id",
        "server": "company_id",
    },
    "sale.channel.status": {"once": "channel_id code"},
    "sale.order": {"server": "channel_fulfilled channel_hold channel_shipped"},
    "sale.order.line": {
        "server": "channel_fee channel_line_ref channel_tax_source_ids",
    },
}

# Models whose records belong to no company: vocabularies, what authorities say, and
# what is only its creator's.
SHARED = {
    "l10n_ar.identification.threshold",
    "l10n_ar.padron.activity",
    "mercadolibre.attribute",
    "mercadolibre.attribute.value",
    "mercadolibre.category",
    "partner.registration.batch",
    "partner.registration.finding",
    "pricing.company.size",
    "pricing.interstate.rate",
    "sale.channel.change",
    "sale.channel.mapping.kind",
    "sale.channel.order.decision",
}
# What the smallest record of a model needs beside its required fields.
VALUES = {
    # The channel under test has one type of listings, without a name.
    "sale.channel.listing.type": {"code": ""},
    "sale.channel.order.request": {"date_to": "2026-01-02 00:00:00"},
}
