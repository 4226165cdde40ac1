"""Invented people, companies and places of six countries."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass


def _each(text: str, separator: str | None = None) -> list[str]:
    return text.split(separator)


FIRST_NAMES = {
    "AR": _each(
        "Martina Sofía Lucía Valentina Camila Julieta Agustina Florencia Rocío Luz "
        "Nahuel Joaquín Tomás Matías Lautaro Facundo Nicolás Julián Ezequiel Gastón "
        "Inés Ángeles Mónica Graciela Norberto Rubén Héctor Iván Ramón Celeste"
    ),
    "BR": _each(
        "João José Antônio Luís Márcio Thiago Rafael Bruno Caio Vinícius Patrícia "
        "Júlia Letícia Beatriz Larissa Luíza Mariana Fernanda Débora Conceição "
        "Sebastião Cauã Otávio Érica Flávia Renata Heloísa Davi Enzo Iara"
    ),
    "MX": _each(
        "Ximena Guadalupe Regina Yaretzi Citlali Emiliano Santiago Ángel José Fernanda"
    ),
    "CL": _each(
        "Tamara Antonia Catalina Isidora Javiera Benjamín Cristóbal Vicente Matías Paz"
    ),
    "CO": _each(
        "Adriana Yuliana Manuela Salomé Luz Andrés Camilo Julián Óscar Esteban"
    ),
    "UY": _each(
        "Florencia Agustina Lucía Pilar Inés Nahuel Rodrigo Gonzalo Santiago Joaquín"
    ),
}
LAST_NAMES = {
    "AR": _each(
        "Quiroga|Benítez|Ledesma|Aguirre|Ñandubay|Peralta|Villagra|Cabrera|Ocampo|"
        "Maidana|Sosa|Figueroa|D'Alvear|Zárate|Güemes Ruiz|Ibáñez|Roldán|Funes|"
        "Carrizo|Bustos|de la Torre|Echagüe|Mansilla|Olivera|Paz Núñez|Toledo",
        "|",
    ),
    "BR": _each(
        "da Silva|dos Santos|Araújo|Gonçalves|Conceição|Magalhães|Brandão|Teixeira|"
        "Nóbrega|Assunção|Cavalcanti|d'Ávila|Fonseca|Guimarães|Leitão|Muniz|"
        "Noronha|Pacheco|Queirós|Rezende|Simões|Tavares|Uchôa|Vasconcelos|Falcão",
        "|",
    ),
    "MX": _each("Ledesma|Zúñiga|de la O|Cuevas Ríos|Xicoténcatl|Ordaz|Peña", "|"),
    "CL": _each("Larenas|Huenchullán|Ñancupil|de la Cerda|Ibáñez Rojas|O'Ryan", "|"),
    "CO": _each("Garcés|Quiñones|del Valle|Murillo|Ochoa Tirado|Ñungo", "|"),
    "UY": _each("Toledo|Etchegaray|de los Santos|Bentancor|Güida|Píriz Sosa", "|"),
}
_COMPANY_KIND = {
    "AR": ["Distribuidora", "Ferretería", "Estudio", "Comercial", "Taller", "Agro"],
    "BR": ["Distribuidora", "Comércio", "Oficina", "Serviços", "Papelaria", "Agro"],
    "MX": ["Abarrotes", "Comercializadora", "Ferretera", "Grupo"],
    "CL": ["Comercial", "Importadora", "Ferretería", "Servicios"],
    "CO": ["Distribuciones", "Inversiones", "Almacenes", "Servicios"],
    "UY": ["Barraca", "Comercial", "Ferretería", "Estudio"],
}
_COMPANY_WORD = _each(
    "Brumelia Tarquemar Zolvandía Quintarel Orvalí Nusterra Calbreña Ximbara Ferlunor "
    "Pampalén Umbralía Toskandi Güirelmo Arrobeya Lumendra Vastugal"
)
_COMPANY_END = {
    "AR": ["S.A.", "S.R.L.", "S.A.S.", "Sociedad Anónima", "Coop. Ltda."],
    "BR": ["Ltda.", "LTDA - ME", "EIRELI", "S.A.", "Ltda - EPP"],
    "MX": ["S.A. de C.V.", "S DE RL DE CV", "SAPI de CV", "S.C."],
    "CL": ["SpA", "Ltda.", "S.A.", "E.I.R.L."],
    "CO": ["S.A.S.", "SAS", "Ltda.", "S.A."],
    "UY": ["S.A.", "S.R.L.", "SAS"],
}


@dataclass(frozen=True)
class Place:
    """A town as the marketplaces know it.

    ``state`` is the code that shipments give, ISO 3166-2 but for Mexico City,
    ``tax_state`` the one of billing data ("" when it gives none), ``zip_code`` plain
    characters ("" when the marketplace has none).
    """

    country: str
    state: str
    tax_state: str
    state_name: str
    city: str
    neighborhoods: tuple[str, ...]
    zip_code: str
    area_code: str
    latitude: float
    longitude: float


def _places(rows: str, country: str) -> list[Place]:
    places = []
    for row in rows.strip().splitlines():
        cells = [cell.strip() for cell in row.split("|")]
        state, tax_state, name, city, hoods, zip_code, area, lat, lon = cells
        hood_list = tuple(filter(None, (hood.strip() for hood in hoods.split(","))))
        point = float(lat), float(lon)
        town = (state, tax_state, name, city, hood_list, zip_code, area)
        places.append(Place(country, *town, *point))
    return places


PLACES = {
    "AR": _places(
        """
AR-C|00|Capital Federal|CABA|Caballito,Flores,Núñez|1406|11|-34.61|-58.44
AR-C|00|Capital Federal|Palermo|Palermo Soho,Palermo Viejo|1414|11|-34.58|-58.43
AR-B|01|Buenos Aires|La Plata|Tolosa,Casco Urbano|1900|221|-34.92|-57.95
AR-B|01|Buenos Aires|Lanús Oeste|Villa Caraza|1824|11|-34.70|-58.42
AR-B|01|Buenos Aires|Mar del Plata|La Perla,Güemes|7600|223|-38.00|-57.55
AR-X|03|Córdoba|Córdoba|Nueva Córdoba,Alberdi,Güemes|5000|351|-31.42|-64.18
AR-X|03|Córdoba|Río Cuarto||5800|358|-33.12|-64.35
AR-S|12|Santa Fe|Rosario|Pichincha,Echesortu|2000|341|-32.95|-60.65
AR-S|12|Santa Fe|Rafaela||2300|3492|-31.25|-61.49
AR-M|07|Mendoza|Godoy Cruz|Villa Hipódromo|5501|261|-32.93|-68.84
AR-T|14|Tucumán|San Miguel de Tucumán|Barrio Norte|4000|381|-26.82|-65.22
AR-E|05|Entre Ríos|Paraná||3100|343|-31.73|-60.53
AR-A|09|Salta|Salta|Tres Cerritos|4400|387|-24.78|-65.41
AR-Q|20|Neuquén|Neuquén||8300|299|-38.95|-68.06
AR-N|19|Misiones|Posadas|Villa Cabello|3300|376|-27.37|-55.90
AR-U|17|Chubut|Puerto Madryn||9120|280|-42.77|-65.04
AR-V|24|Tierra del Fuego|Ushuaia||9410|2901|-54.80|-68.30
""",
        "AR",
    ),
    "BR": _places(
        """
BR-SP||São Paulo|São Paulo|Vila Mariana,Mooca,Santana|04101000|11|-23.59|-46.63
BR-SP||São Paulo|Campinas|Cambuí|13024000|19|-22.90|-47.05
BR-SP||São Paulo|Santos|Gonzaga|11060000|13|-23.96|-46.33
BR-RJ||Rio de Janeiro|Rio de Janeiro|Tijuca,Méier|20511000|21|-22.92|-43.23
BR-RJ||Rio de Janeiro|Niterói|Icaraí|24230000|21|-22.90|-43.11
BR-MG||Minas Gerais|Belo Horizonte|Savassi,Pampulha|30130000|31|-19.93|-43.93
BR-RS||Rio Grande do Sul|Porto Alegre|Menino Deus|90110000|51|-30.05|-51.22
BR-PR||Paraná|Curitiba|Água Verde,Batel|80240000|41|-25.45|-49.28
BR-SC||Santa Catarina|Florianópolis|Trindade|88036000|48|-27.58|-48.52
BR-BA||Bahia|Salvador|Pituba|41810000|71|-12.99|-38.45
BR-PE||Pernambuco|Recife|Boa Viagem|51020000|81|-8.11|-34.89
BR-DF||Distrito Federal|Brasília|Asa Sul|70200000|61|-15.81|-47.89
BR-PA||Pará|Belém|Umarizal|66055000|91|-1.44|-48.48
""",
        "BR",
    ),
    "MX": _places(
        """
MX-DIF|DIF|Distrito Federal|Álvaro Obregón|San Ángel|01040|55|19.36|-99.20
MX-MEX|MEX|Estado De México|Toluca|Centro|50000|722|19.29|-99.65
MX-JAL|JAL|Jalisco|Zapopan|Ciudad Granja|45010|33|20.72|-103.39
MX-NLE|NLE|Nuevo León|Monterrey|Obispado|64060|81|25.67|-100.33
MX-YUC|YUC|Yucatán|Mérida||97000|999|20.97|-89.62
""",
        "MX",
    ),
    # No zip codes: the marketplace has none in Chile.
    "CL": _places(
        """
CL-RM||RM (Metropolitana)|Maipú|Maipú||2|-33.51|-70.76
CL-RM||RM (Metropolitana)|Ñuñoa|||2|-33.45|-70.60
CL-VS||Valparaíso|Viña del Mar|Reñaca||32|-33.02|-71.55
CL-BI||Biobío|Concepción|||41|-36.83|-73.05
CL-LI||Libertador B. O'Higgins|Rancagua|||72|-34.17|-70.74
""",
        "CL",
    ),
    "CO": _places(
        """
CO-DC|CO-DC|Bogotá D.C.|La Candelaria|Egipto,Centro|111711|601|4.60|-74.07
CO-ANT|CO-ANT|Antioquia|Medellín|Laureles|050034|604|6.24|-75.59
CO-VAC|CO-VAC|Valle Del Cauca|Cali|Granada|760045|602|3.46|-76.53
CO-NSA|CO-NSA|Norte De Santander|Cúcuta||540001|607|7.89|-72.50
""",
        "CO",
    ),
    "UY": _places(
        """
UY-MO|UY-MO|Montevideo|Montevideo|Pocitos,Cordón|11300|2|-34.91|-56.15
UY-CA|UY-CA|Canelones|Las Piedras||90200|2|-34.73|-56.22
UY-MA|UY-MA|Maldonado|Punta del Este||20100|42|-34.96|-54.95
UY-TT|UY-TT|Treinta y Tres|Treinta y Tres||33000|452|-33.23|-54.38
""",
        "UY",
    ),
}
STREETS = {
    "AR": _each(
        "Av. Los Aromos|Pasaje El Zorzal|Bv. Las Retamas|Calle 47|Lago Escondido|"
        "Cabo Alarcón|Cerro Ventana|Los Ñires|Av. del Ombú Viejo|Río Senguer",
        "|",
    ),
    "BR": _each(
        "Rua das Jabuticabeiras|Avenida Ipê Amarelo|Travessa do Sabiá|"
        "Rua Araçá-Mirim|Alameda das Quaresmeiras|Rua Capitão Anselmo|"
        "Estrada do Buriti|Rua 15 de Maio|Avenida Beira-Lago",
        "|",
    ),
    "MX": _each("Calle 134A|Av. de los Ahuehuetes|Privada Jacarandas|Cda. Nopal", "|"),
    "CL": _each("Pasaje Las Retamas|Av. Los Quillayes|Calle Copihue|Camino Boldo", "|"),
    "CO": _each("Calle 10 #|Carrera 45B #|Diagonal 26 #|Transversal 5A #", "|"),
    "UY": _each("Bv. de los Ceibos|Rambla Sur|Camino Coronilla|Calle Tero", "|"),
}


def plain(text: str) -> str:
    """The text without accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))


def person(rng: random.Random, country: str) -> tuple[str, str]:
    """Invented first name and last name."""
    first = rng.choice(FIRST_NAMES[country])
    if rng.random() < 0.25:
        second = rng.choice(FIRST_NAMES[country])
        first = f"{first} {second}" if second != first else first
    last = rng.choice(LAST_NAMES[country])
    if rng.random() < 0.15:
        last = f"{last} {rng.choice(LAST_NAMES[country])}"
    return first, last


def company(rng: random.Random, country: str) -> str:
    """Invented legal name of a company."""
    words = rng.sample(_COMPANY_WORD, 2 if rng.random() < 0.4 else 1)
    kind = rng.choice(_COMPANY_KIND[country])
    return " ".join([kind, *words, rng.choice(_COMPANY_END[country])])


def nickname(rng: random.Random, first: str, last: str) -> str:
    """Nickname in the marketplace's style: upper case, mostly letters and digits."""
    head = plain(last).replace(" ", "").replace("'", "").upper()
    tail = plain(first).split()[0].upper()
    styles = (
        f"{head}{tail}{rng.randint(1000, 9_999_999)}",
        f"{tail}.{head}{rng.randint(10, 999)}",
        f"{head}_{tail}_{rng.randint(10, 999)}",
        f"{tail[:3]}{head[:4]}{rng.randint(10**10, 10**11)}",
    )
    return rng.choice(styles)


_PHONE_CODE = {
    "AR": "54", "BR": "55", "CL": "56", "CO": "57", "MX": "52", "UY": "598",
}  # fmt: skip


def phone(rng: random.Random, place: Place) -> str:
    """Invented phone number, written in one of the ways people write them."""
    number = f"555{rng.randint(1000, 9999)}"
    styles = (
        f"{place.area_code}{number}",
        f"({place.area_code}) {number[:3]}-{number[3:]}",
        f"+{_PHONE_CODE[place.country]} {place.area_code} {number}",
    )
    return rng.choice(styles)
