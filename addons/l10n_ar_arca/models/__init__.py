from . import (
    l10n_ar_arca_certificate,
    l10n_ar_arca_ticket,
    res_company,
    res_config_settings,
)
