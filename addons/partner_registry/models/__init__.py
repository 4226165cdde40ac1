from . import (
    partner_registration,
    partner_registration_batch,
    partner_registration_finding,
    partner_registration_pause,
    partner_registration_queue,
    partner_registry,
    res_partner,
)
