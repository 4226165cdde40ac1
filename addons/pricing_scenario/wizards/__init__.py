from . import (
    base_partner_merge,
    pricing_explanation,
    pricing_generation,
    pricing_generation_line,
    pricing_generation_sample,
)
