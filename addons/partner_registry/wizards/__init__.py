from . import (
    base_partner_merge_automatic_wizard,
    partner_registration_review,
    partner_registration_review_line,
)
