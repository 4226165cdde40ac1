from . import (
    ir_http,
    pricing_contract,
    product_pricelist,
    product_pricelist_item,
    product_product,
    product_template,
    product_template_attribute_value,
    res_config_settings,
    sale_order,
    website,
    website_snippet_filter,
)
