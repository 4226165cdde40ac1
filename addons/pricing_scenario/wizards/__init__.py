from . import (
    base_partner_merge_automatic_wizard,
    pricing_explanation,
    pricing_generation,
    pricing_generation_line,
    pricing_generation_sample,
)
