from . import base_partner_merge, pricing_explanation, pricing_generation
