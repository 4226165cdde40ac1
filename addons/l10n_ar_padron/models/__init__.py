from . import (
    account_move,
    l10n_ar_arca_certificate,
    l10n_ar_arca_ticket,
    l10n_ar_padron_activity,
    l10n_ar_padron_answer,
    l10n_ar_padron_batch,
    l10n_ar_padron_lookup_mixin,
    l10n_ar_padron_position,
    l10n_ar_padron_refresh_mixin,
    res_company,
    res_config_settings,
    res_partner,
)
