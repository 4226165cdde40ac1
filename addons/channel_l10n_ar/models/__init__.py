from . import (
    account_journal,
    account_move,
    l10n_ar_arca_certificate,
    l10n_ar_identification_threshold,
    res_partner,
    sale_channel,
    sale_channel_flow,
    sale_channel_order,
    sale_channel_partner,
    sale_channel_text,
    sale_order,
)
