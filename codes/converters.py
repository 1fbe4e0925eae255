"""Path converters for numbers, classes and products, and for what people guess instead."""

import re

from codes.models import Product

FOLDER = r"(?:(?:https?[-_]?)?(?:status|code|error)(?:[-_]?codes?)?e?s?|https?)/"
SUFFIX = r"\.(?:html?|php|aspx?|jsp)"


class CodeConverter:
    """A status code in an address: three ASCII digits, so that each code has one address."""

    regex = "[0-9]{3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:03}"


class ProductConverter:
    """A product with codes of its own in an address, by its slug: iis, grpc."""

    regex = "|".join(Product.values)

    def to_python(self, value: str) -> Product:
        return Product(value)

    def to_url(self, value: str) -> str:
        return value


class ClassConverter:
    """A class of status codes in an address: 1xx to 5xx."""

    regex = "[1-5]xx"

    def to_python(self, value: str) -> int:
        return int(value[0])

    def to_url(self, value: int | str) -> str:
        return f"{value}xx"


class GuessedCodeConverter:
    """A status code as people guess its address, with or without a slash: 404.html, status/404, codes/404.html."""

    regex = rf"(?:[0-9]{{3}}{SUFFIX}|{FOLDER}[0-9]{{3}}(?:{SUFFIX})?)/?"

    def to_python(self, value: str) -> int:
        return int(re.findall("[0-9]{3}", value)[0])

    def to_url(self, value: int) -> str:
        return f"status/{value:03}/"


class GuessedClassConverter:
    """A class as people guess its address, with or without a slash: 4XX, status/4xx, 4xx.html."""

    regex = rf"(?:[1-5](?:X[Xx]|xX|xx{SUFFIX})|{FOLDER}[1-5][Xx]{{2}})/?"

    def to_python(self, value: str) -> int:
        return int(re.findall("[1-5](?=[Xx])", value)[0])

    def to_url(self, value: int) -> str:
        return f"status/{value}xx/"
