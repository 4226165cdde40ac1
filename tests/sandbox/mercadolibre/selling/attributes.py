"""Attributes of categories and the reading of their values.

Source: MercadoLibre developers, Attributes, Validations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]

#: Value that says that an attribute does not apply.
NOT_APPLICABLE = "-1"
YES, NO = "242085", "242084"


@dataclass(frozen=True)
class Attribute:
    """An attribute of a category.

    :param names: in Spanish and in Portuguese
    :param kind: ``string``, ``list``, ``number``, ``number_unit``, ``boolean``,
        ``grid_id`` or ``grid_row_id``
    :param hierarchy: ``PARENT_PK``, ``CHILD_PK``, ``FAMILY`` or ``ITEM``
    :param values: ``(id, Spanish name, Portuguese name)``
    :param units: allowed units, the first is the default
    """

    id: str
    names: tuple[str, str]
    kind: str = "string"
    tags: tuple[str, ...] = ()
    hierarchy: str = "ITEM"
    values: tuple[tuple[str, str, str], ...] = ()
    units: tuple[str, ...] = ()
    length: int = 255

    def name(self, site: str) -> str:
        """Name in the site's language."""
        return self.names[site == "MLB"]

    def describe(self, site: str) -> Record:
        """As ``/categories/{id}/attributes`` lists it."""
        row: Record = {
            "id": self.id,
            "name": self.name(site),
            "tags": dict.fromkeys(self.tags, True),
            "hierarchy": self.hierarchy,
            "relevance": 1 if "required" in self.tags else 2,
            "value_type": self.kind,
            "attribute_group_id": "OTHERS",
            "attribute_group_name": "Outros" if site == "MLB" else "Otros",
        }
        if self.kind in ("string", "number", "number_unit"):
            row["value_max_length"] = self.length
        if self.values:
            row["values"] = [
                {"id": key, "name": names[site == "MLB"]} for key, *names in self.values
            ]
        if self.units:
            row["allowed_units"] = [{"id": unit, "name": unit} for unit in self.units]
            row["default_unit"] = self.units[0]
        return row

    def value(self, site: str, told: Record) -> tuple[str | None, str | None]:
        """``(value_id, value_name)`` of a told value.

        :raises ValueError: it is none of this attribute; the reason
        """
        key, name = told.get("value_id"), told.get("value_name")
        struct = told.get("value_struct")
        if name is None and isinstance(struct, dict):
            name = f"{_digits(struct.get('number'))} {struct.get('unit')}"
        if str(key) == NOT_APPLICABLE and name is None:
            return NOT_APPLICABLE, None
        if key is None and name is None:
            return None, None
        known = {one[0]: one[1 + (site == "MLB")] for one in self.values}
        if key is not None and str(key) in known:
            return str(key), known[str(key)]
        text = "" if name is None else str(name).strip()
        for one, label in known.items():
            if label.casefold() == text.casefold():
                return one, label
        if self.kind in ("list", "boolean"):
            raise ValueError(f"value {name or key} is not one of the allowed values")
        if not text:
            raise ValueError(f"value {key} is not known")
        self._check(text)
        return None, text

    def _check(self, text: str) -> None:
        if len(text) > self.length:
            raise ValueError(f"value is longer than {self.length} characters")
        if self.kind == "number" and not _is_number(text):
            raise ValueError(f"value {text} is not a number")
        if self.kind == "number_unit":
            number, _sep, unit = text.partition(" ")
            if not _is_number(number) or unit.strip() not in self.units:
                units = ", ".join(self.units)
                raise ValueError(f"value {text} must be a number and one of {units}")


def _digits(number: Any) -> str:
    return f"{number:g}" if isinstance(number, (int, float)) else str(number)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def shown(site: str, known: Attribute, key: str | None, name: str | None) -> Record:
    """An attribute as an item shows it."""
    struct = None
    if known.kind == "number_unit" and name:
        number, _sep, unit = name.partition(" ")
        struct = {"number": float(number.replace(",", ".")), "unit": unit.strip()}
    return {
        "id": known.id,
        "name": known.name(site),
        "value_id": key,
        "value_name": name,
        "values": [{"id": key, "name": name, "struct": struct}],
        "value_type": known.kind,
    }


def _same(*names: str) -> tuple[tuple[str, str, str], ...]:
    return tuple((str(8_000_000 + n), name, name) for n, name in enumerate(names))


_COLORS = (
    ("52028", "Azul", "Azul"),
    ("52014", "Verde", "Verde"),
    ("51993", "Rojo", "Vermelho"),
    ("52049", "Negro", "Preto"),
    ("52055", "Blanco", "Branco"),
)
_REASONS = (
    (
        "17055158",
        "El producto es un kit o pack",
        "O produto é um kit ou um pack",
    ),
    ("17055159", "El producto es artesanal", "O produto é artesanal"),
    (
        "17055160",
        "El producto no tiene código registrado",
        "O produto não tem código cadastrado",
    ),
    ("17055161", "Otra razón", "Outro motivo"),
)
_BOOLEAN = ((YES, "Sí", "Sim"), (NO, "No", "Não"))
_CONDITIONS = (
    ("2230284", "Nuevo", "Novo"),
    ("2230581", "Usado", "Usado"),
    ("2230582", "Reacondicionado", "Recondicionado"),
)

BRAND = Attribute(
    "BRAND",
    ("Marca", "Marca"),
    tags=("required", "catalog_required"),
    hierarchy="PARENT_PK",
    values=_same("Genérica", "Bosch", "Stanley", "Lumilagro", "Stihl", "Tramontina"),
)
MODEL = Attribute(
    "MODEL",
    ("Modelo", "Modelo"),
    tags=("catalog_required",),
    hierarchy="PARENT_PK",
)
REQUIRED_MODEL = Attribute(
    "MODEL",
    ("Modelo", "Modelo"),
    tags=("required", "catalog_required"),
    hierarchy="PARENT_PK",
)
COLOR = Attribute(
    "COLOR",
    ("Color", "Cor"),
    tags=("allow_variations", "defines_picture"),
    hierarchy="CHILD_PK",
    values=_COLORS,
)
SIZE = Attribute(
    "SIZE",
    ("Talle", "Tamanho"),
    tags=("allow_variations",),
    hierarchy="CHILD_PK",
    values=_same("XS", "S", "M", "L", "XL", "XXL"),
)
REQUIRED_SIZE = Attribute(
    "SIZE",
    ("Talle", "Tamanho"),
    tags=("required", "allow_variations"),
    hierarchy="CHILD_PK",
    values=SIZE.values,
)
GENDER = Attribute(
    "GENDER",
    ("Género", "Gênero"),
    "list",
    ("required",),
    "PARENT_PK",
    (
        ("339665", "Mujer", "Feminino"),
        ("339666", "Hombre", "Masculino"),
        ("110461", "Sin género", "Sem gênero"),
    ),
)
GRID = Attribute(
    "SIZE_GRID_ID",
    ("ID de la guía de talles", "ID do guia de tamanhos"),
    "grid_id",
    ("required", "grid_template_required"),
    "PARENT_PK",
)
GRID_ROW = Attribute(
    "SIZE_GRID_ROW_ID",
    ("ID de la fila de la guía de talles", "ID da linha do guia de tamanhos"),
    "grid_row_id",
    ("required", "variation_attribute"),
    "CHILD_PK",
)
GTIN = Attribute(
    "GTIN",
    ("Código universal de producto", "Código universal de produto"),
    tags=("conditional_required", "variation_attribute", "multivalued", "validate"),
    hierarchy="PRODUCT_IDENTIFIER",
)
EMPTY_GTIN_REASON = Attribute(
    "EMPTY_GTIN_REASON",
    ("Motivo de GTIN vacío", "Motivo de GTIN vazio"),
    "list",
    ("hidden", "variation_attribute"),
    values=_REASONS,
)
SELLER_SKU = Attribute(
    "SELLER_SKU", ("SKU", "SKU"), tags=("hidden", "variation_attribute")
)
ITEM_CONDITION = Attribute(
    "ITEM_CONDITION",
    ("Condición del ítem", "Condição do item"),
    "list",
    ("hidden",),
    values=_CONDITIONS,
)
WEIGHT = Attribute(
    "WEIGHT", ("Peso", "Peso"), "number_unit", hierarchy="FAMILY", units=("kg", "g")
)
PACKAGE_UNITS = Attribute(
    "UNITS_PER_PACK", ("Unidades por pack", "Unidades por kit"), "number"
)
CAPACITY = Attribute(
    "CAPACITY",
    ("Capacidad", "Capacidade"),
    "number_unit",
    ("required",),
    "PARENT_PK",
    units=("L", "mL"),
)
POWER = Attribute(
    "POWER",
    ("Potencia", "Potência"),
    "number_unit",
    ("required",),
    "PARENT_PK",
    units=("W", "kW", "hp"),
)
VOLTAGE = Attribute(
    "VOLTAGE",
    ("Voltaje", "Voltagem"),
    "list",
    ("allow_variations",),
    "CHILD_PK",
    (
        ("198812", "110V", "110V"),
        ("198813", "220V", "220V"),
        ("198814", "110V/220V", "Bivolt"),
    ),
)
CORDLESS = Attribute(
    "IS_CORDLESS", ("Es inalámbrico", "É sem fio"), "boolean", values=_BOOLEAN
)
BOOK_TITLE = Attribute(
    "BOOK_TITLE",
    ("Título del libro", "Título do livro"),
    tags=("required",),
    hierarchy="PARENT_PK",
)
AUTHOR = Attribute(
    "AUTHOR", ("Autor", "Autor"), tags=("required",), hierarchy="PARENT_PK"
)
WARRANTY_TYPE = Attribute(
    "WARRANTY_TYPE",
    ("Tipo de garantía", "Tipo de garantia"),
    "list",
    values=(
        ("2230279", "Garantía de fábrica", "Garantia de fábrica"),
        ("2230280", "Garantía del vendedor", "Garantia do vendedor"),
        ("6150835", "Sin garantía", "Sem garantia"),
    ),
)
WARRANTY_TIME = Attribute(
    "WARRANTY_TIME",
    ("Tiempo de garantía", "Tempo de garantia"),
    "number_unit",
    units=("días", "dias", "meses", "años", "anos"),
)
MANUFACTURING_TIME = Attribute(
    "MANUFACTURING_TIME",
    ("Disponibilidad de stock", "Disponibilidade de estoque"),
    "number_unit",
    units=("días", "dias"),
)
PURCHASE_MAX = Attribute(
    "PURCHASE_MAX_QUANTITY",
    ("Cantidad máxima de compra", "Quantidade máxima de compra"),
    "number",
)

COMMON = (GTIN, EMPTY_GTIN_REASON, SELLER_SKU, ITEM_CONDITION, WEIGHT, PACKAGE_UNITS)
#: Attributes of the categories of a kind.
TEMPLATES: dict[str, tuple[Attribute, ...]] = {
    "plain": (BRAND, MODEL, COLOR, SIZE, *COMMON),
    "clothing": (BRAND, MODEL, GENDER, COLOR, REQUIRED_SIZE, GRID, GRID_ROW, *COMMON),
    "flask": (BRAND, MODEL, CAPACITY, COLOR, *COMMON),
    "tool": (BRAND, REQUIRED_MODEL, POWER, VOLTAGE, CORDLESS, COLOR, *COMMON),
    "book": (BOOK_TITLE, AUTHOR, *COMMON),
}
SALE_TERMS = (WARRANTY_TYPE, WARRANTY_TIME, MANUFACTURING_TIME, PURCHASE_MAX)
