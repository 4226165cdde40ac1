"""Products sold by the invented sellers, per site."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

#: Currency of each site.
CURRENCY = {
    "MLA": "ARS",
    "MLB": "BRL",
    "MLC": "CLP",
    "MCO": "COP",
    "MLM": "MXN",
    "MLU": "UYU",
}
#: Country of each site.
COUNTRY = {
    "MLA": "AR",
    "MLB": "BR",
    "MLC": "CL",
    "MCO": "CO",
    "MLM": "MX",
    "MLU": "UY",
}
#: Smallest amount, in cents: prices of Chile and Colombia have none.
STEP = {"MLC": 100, "MCO": 100}


def to_step(site: str, cents: int) -> int:
    """The amount floored to what the site's prices can be."""
    step = STEP.get(site, 1)
    return cents // step * step


@dataclass(frozen=True)
class Product:
    """A product: price in cents of the site's currency, VAT rate in percent.

    ``iva_rate`` is None where the catalogue gives none (Brazil). ``variation`` is an
    attribute name and value when the listing has variations.
    """

    sku: str
    title: str
    price_cents: int
    iva_rate: float | None
    category_id: str
    item_id: str
    variation: tuple[str, str] | None

    def describe(self, site: str) -> dict[str, Any]:
        """JSON object with the price in currency units."""
        return {
            "sku": self.sku,
            "title": self.title,
            "price": self.price_cents / 100,
            "currency_id": CURRENCY[site],
            "iva_rate": self.iva_rate,
            "item_id": self.item_id,
        }


#: Sellers whose items have other numbers than those of the first seller of their site.
_SHIFT = {2650481337: 61_000_007}


def listed_by(product: Product, seller_id: int) -> Product:
    """The product with the number of the seller's own item."""
    number = int(product.item_id[3:]) + _SHIFT.get(seller_id, 0)
    return replace(product, item_id=f"{product.item_id[:3]}{number}")


def variation_of(product: Product) -> int | None:
    """Number of the item's variation, if it has one."""
    return int(product.item_id[3:]) * 7 % 10**11 if product.variation else None


_ROWS = {
    "MLA": """
TERMO-1L|Termo de acero inoxidable 1 litro|48999.90|21|
MATE-CAL|Mate de calabaza forrado en cuero|15350.50|21|
BOMB-AC|Bombilla de acero pico de loro|6120.25|21|
SILLA-CMP|Silla de camping plegable|38700.00|21|Color:Azul
SILLA-CMP-V|Silla de camping plegable|38700.00|21|Color:Verde
CAJA-HERR|Caja de herramientas 16 pulgadas|27489.99|21|
TALADRO-650|Taladro percutor 650 W|89999.00|21|
LED-9W-X10|Pack de 10 lámparas LED 9 W|13999.90|10.5|
CABLE-2X1|Cable bipolar 2 x 1 mm por 100 m|45210.75|21|
NOTE-14|Notebook 14 pulgadas 8 GB 256 GB|749999.00|10.5|
MOUSE-INA|Mouse inalámbrico silencioso|11240.00|10.5|
TECLADO-ES|Teclado USB en español ñ|16899.99|10.5|
MONITOR-24|Monitor 24 pulgadas Full HD|219500.00|10.5|
LIBRO-COC|Libro: recetas de la abuela|21300.00|0|
CUADER-A4|Cuaderno A4 rayado x 3|8450.30|21|
REM-ALG-M|Remera de algodón peinado|12999.00|21|Talle:M
REM-ALG-L|Remera de algodón peinado|12999.00|21|Talle:L
REM-ALG-XL|Remera de algodón peinado|13499.00|21|Talle:XL
ZAPA-42|Zapatilla urbana lona|46750.00|21|Talle:42
MOCHILA-25|Mochila urbana 25 litros|34980.10|21|
OLLA-24|Olla de aluminio 24 cm|29870.00|21|
SART-28|Sartén antiadherente 28 cm|25440.40|21|
YERBA-5K|Yerba mate elaborada 5 kg|19999.99|21|
ALIM-GATO|Alimento para gato 7,5 kg|41300.00|21|
PELOTA-5|Pelota de fútbol nº 5|18220.00|21|
""",
    "MLB": """
GARRAFA-1L|Garrafa térmica inox 1 litro|129.90||
CUIA-COURO|Cuia de porongo com bomba|74.50||
CADEIRA-PR|Cadeira de praia dobrável|149.99||Cor:Azul
CADEIRA-PR-V|Cadeira de praia dobrável|149.99||Cor:Vermelho
CX-FERR|Caixa de ferramentas 16 polegadas|98.35||
FURAD-650|Furadeira de impacto 650 W 220 V|289.00||
LED-9W-BR|Kit 10 lâmpadas LED 9 W|59.90||
CABO-2X1|Cabo paralelo 2 x 1 mm 100 m|189.75||
NOTE-14-BR|Notebook 14 polegadas 8 GB 256 GB|2599.00||
MOUSE-SF|Mouse sem fio silencioso|49.90||
TECL-ABNT|Teclado USB ABNT2|69.99||
MONIT-24-BR|Monitor 24 polegadas Full HD|749.00||
LIVRO-REC|Livro: receitas da roça|54.30||
CADERNO-X3|Caderno universitário kit 3|38.70||
CAM-ALG-P|Camiseta de algodão|39.90||Tamanho:P
CAM-ALG-M|Camiseta de algodão|39.90||Tamanho:M
CAM-ALG-G|Camiseta de algodão|42.90||Tamanho:G
TENIS-40|Tênis casual de lona|159.90||Tamanho:40
MOCHILA-BR|Mochila urbana 25 litros|119.10||
PANELA-24|Panela de alumínio 24 cm|89.00||
FRIG-28|Frigideira antiaderente 28 cm|79.45||
CAFE-2K|Café torrado em grãos 2 kg|112.99||
RACAO-GATO|Ração para gatos 7,5 kg|154.00||
BOLA-5|Bola de futebol de campo|64.20||
REDE-CASAL|Rede de casal com varanda|135.55||
""",
    "MLM": """
TERMO-MX|Termo de acero inoxidable 1 litro|549.00|16|
JUGO-MX|Exprimidor de cítricos manual|318.50|16|
TALADRO-MX|Taladro percutor 650 W|1299.99|16|
LIBRO-MX|Libro: recetas del bajío|245.00|0|
PLAYERA-M|Playera de algodón|189.90|16|Talla:M
PLAYERA-G|Playera de algodón|189.90|16|Talla:G
HAMACA-MX|Hamaca matrimonial tejida|875.40|16|
""",
    "MLC": """
TERMO-CL|Termo acero inoxidable 1 litro|24990|19|
CAJA-CL|Caja organizadora 40 litros|12490|19|
TALADRO-CL|Taladro percutor 650 W|52240|19|
LIBRO-CL|Libro: recetas del sur|15990|19|
POLERA-M|Polera de algodón|8990|19|Talla:M
POLERA-L|Polera de algodón|8990|19|Talla:L
PARKA-CL|Parka impermeable|39995|19|
""",
    "MCO": """
TERMO-CO|Termo en acero inoxidable 1 litro|89900|19|
HAMACA-CO|Hamaca tejida doble|154900|19|
TALADRO-CO|Taladro percutor 650 W|279950|19|
LIBRO-CO|Libro: recetas del páramo|56000|0|
CAMISA-M|Camiseta de algodón|38900|19|Talla:M
CAMISA-L|Camiseta de algodón|38900|19|Talla:L
CAFE-CO|Café molido 2,5 kg|72345|5|
""",
    "MLU": """
TERMO-UY|Termo de acero inoxidable 1 litro|1890.00|22|
MATE-UY|Mate de calabaza forrado|749.50|22|
TALADRO-UY|Taladro percutor 650 W|3290.00|22|
LIBRO-UY|Libro: recetas del litoral|690.00|10|
REMERA-UY-M|Remera de algodón|599.90|22|Talle:M
REMERA-UY-L|Remera de algodón|599.90|22|Talle:L
YERBA-UY|Yerba mate 5 kg|1275.25|10|
""",
}


def _products(site: str) -> list[Product]:
    products = []
    for number, row in enumerate(_ROWS[site].strip().splitlines()):
        sku, title, price, rate, variation = row.split("|")
        name, _sep, value = variation.partition(":")
        products.append(
            Product(
                sku=sku,
                title=title,
                price_cents=round(float(price) * 100),
                iva_rate=float(rate) if rate else None,
                category_id=f"{site}{1051 + number * 37}",
                item_id=f"{site}{1_400_218_330 + number * 7_919_003}",
                variation=(name, value) if name else None,
            )
        )
    return products


#: Products by site, in a fixed order: 25 of the first two, 7 of the others.
CATALOGUE: dict[str, list[Product]] = {site: _products(site) for site in _ROWS}
