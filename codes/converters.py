"""Path converters for numbers, classes and products."""

from codes.models import Product


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
