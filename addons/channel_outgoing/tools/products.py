"""Which product a record is about."""

PRODUCT = "product.product"
TEMPLATE = "product.template"
FIELDS = {PRODUCT: "product_id", TEMPLATE: "product_tmpl_id"}


def find_link(records, model):
    """The stored field by which records name a product, or a product with its variants.

    :param records: a model
    :param model: ``PRODUCT`` or ``TEMPLATE``
    :return: a field's name, ``id`` for the products themselves; None for records that
        are about none
    """
    if records._name == model:
        return "id"
    field = records._fields.get(FIELDS[model])
    links = field and field.store and field.type == "many2one"
    return FIELDS[model] if links and field.comodel_name == model else None
