"""What the demo's shop sells: invented goods, each with a picture drawn here."""

import base64
import colorsys
import io

from PIL import Image, ImageDraw

NAMES = """\
Mate de calabaza
Mate de madera
Bombilla de alpaca
Termo de acero 1 L
Yerba de campo 1 kg
Alfajores de maicena x 6
Dulce de leche 400 g
Vino de altura 750 ml
Aceite de oliva 500 ml
Miel de monte 500 g
Poncho de llama
Ruana de lana
Boina de fieltro
Alpargatas de yute
Cinturón de cuero
Billetera de cuero
Cuchillo criollo
Tabla de asado
Parrilla plegable
Disco de hierro 40 cm
Manta de telar
Almohadón de telar
Cesto de mimbre
Lámpara de papel
Vela de soja
Jabón de rosa mosqueta
Crema de caléndula
Cuaderno de tela
Agenda perpetua
Lapicera de madera
Juego de truco
Rompecabezas del sur
Barrilete de tela
Trompo de palo santo
Regadera de chapa
Maceta de barro
Semillas de huerta
Guantes de jardín
Mochila de lona
Botella de vidrio""".splitlines()
BRANDS = ("Los Tilos", "Cardal", "Monte Bajo")
SIDE = 512


def get_goods():
    """The goods as dicts: sku, name, barcode, price with taxes, stock, brand."""
    return [
        {
            "sku": f"TILO-{number:03}",
            "name": name,
            "barcode": _with_check_digit(f"779300000{number:03}"),
            "price": 4900 + 1850 * (number * 7 % 40),
            "stock": 5 + number * 11 % 60,
            "brand": BRANDS[number % len(BRANDS)],
        }
        for number, name in enumerate(NAMES, 1)
    ]


def draw(number):
    """A picture: a form on a ground in a colour of its own; base64 of a PNG."""
    image = Image.new("RGB", (SIDE, SIDE), _colour(number, 0.92, 0.25))
    canvas = ImageDraw.Draw(image)
    dark, light = _colour(number, 0.42, 0.6), _colour(number, 0.7, 0.55)
    canvas.ellipse((96, 400, 416, 452), fill=_colour(number, 0.8, 0.2))
    forms = (_draw_round, _draw_tall, _draw_flat, _draw_cloth)
    forms[number % len(forms)](canvas, dark, light)
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue())


def _draw_round(canvas, dark, light):
    canvas.ellipse((116, 140, 396, 430), fill=dark)
    canvas.ellipse((150, 170, 260, 290), fill=light)
    canvas.rectangle((196, 96, 316, 176), fill=dark)


def _draw_tall(canvas, dark, light):
    canvas.rounded_rectangle((176, 120, 336, 430), 36, fill=dark)
    canvas.rounded_rectangle((196, 150, 236, 400), 18, fill=light)
    canvas.rounded_rectangle((206, 70, 306, 132), 16, fill=light)


def _draw_flat(canvas, dark, light):
    canvas.rounded_rectangle((86, 210, 426, 420), 24, fill=dark)
    canvas.rounded_rectangle((116, 240, 396, 300), 14, fill=light)
    canvas.ellipse((236, 330, 276, 370), fill=light)


def _draw_cloth(canvas, dark, light):
    canvas.polygon(((256, 90), (436, 410), (76, 410)), fill=dark)
    for step in range(3):
        top = 230 + 60 * step
        canvas.rectangle((186 - 30 * step, top, 326 + 30 * step, top + 22), fill=light)


def _colour(number, lightness, saturation):
    hue = number * 0.618 % 1
    parts = colorsys.hls_to_rgb(hue, lightness, saturation)
    return tuple(round(255 * part) for part in parts)


def _with_check_digit(digits):
    weighted = sum(int(d) * (3 if n % 2 else 1) for n, d in enumerate(digits))
    return digits + str(-weighted % 10)
