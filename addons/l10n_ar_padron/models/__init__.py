from . import (
    account_move,
    l10n_ar_afip_responsibility_type,
    l10n_ar_arca_certificate,
    l10n_ar_padron_activity,
    l10n_ar_padron_decision,
    l10n_ar_padron_position,
    partner_registration,
    partner_registration_finding,
    partner_registry_arca,
    res_company,
    res_config_settings,
    res_partner,
)
