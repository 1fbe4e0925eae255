"""Finer codes that products attach to a status code: 403.14 of IIS, H12 of Heroku, UF of Envoy."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from codes.fields import HttpsURLField, PositionField
from codes.texts.localized import localized

from .base import Detail, address
from .codes import StatusCode


class Product(models.TextChoices):
    """A product, or a protocol, with codes of its own. The value is its page's address."""

    IIS = "iis", "IIS"
    PROXY_STATUS = "proxy-status", "Proxy-Status"
    GRPC = "grpc", "gRPC"
    CLOUDFLARE = "cloudflare", "Cloudflare"
    ENVOY = "envoy", "Envoy"
    HAPROXY = "haproxy", "HAProxy"
    HEROKU = "heroku", "Heroku"

    def get_absolute_url(self) -> str:
        return address("codes:product", self.value)

    @property
    def heading(self) -> str | Promise:
        """What the product calls its codes, with its name."""
        return HEADINGS[self]

    @property
    def introduction(self) -> str | Promise:
        """Where the codes are seen and how to read them."""
        return INTRODUCTIONS[self]

    @property
    def position(self) -> int:
        """The product's place in every list of products."""
        return list(Product).index(self)


HEADINGS: dict[Product, str | Promise] = {
    Product.IIS: _("IIS sub-status codes"),
    Product.PROXY_STATUS: _("Proxy-Status error types"),
    Product.GRPC: _("gRPC status codes"),
    Product.CLOUDFLARE: _("Cloudflare 1xxx errors"),
    Product.ENVOY: _("Envoy response flags"),
    Product.HAPROXY: _("HAProxy termination states"),
    Product.HEROKU: _("Heroku error codes"),
}
INTRODUCTIONS: dict[Product, str | Promise] = {
    Product.IIS: _(
        "IIS adds a number after a dot to the status code, to say why: 403.14 is a 403. "
        "The list is Microsoft's. The words in parentheses name the module or the version that a number comes from."
    ),
    Product.PROXY_STATUS: _(
        "A gateway or proxy writes the type into the Proxy-Status field of its response, as in error=dns_timeout. "
        "RFC 9209 recommends a status code for each type."
    ),
    Product.GRPC: _(
        "A gRPC response tells its outcome in grpc-status. Two tables connect it with HTTP, and neither is the other "
        "turned round: NOT_FOUND becomes 404, but a bare 404 becomes UNIMPLEMENTED."
    ),
    Product.CLOUDFLARE: _(
        "The number is in the content of an error page that Cloudflare made; the status code is another one. "
        "Shown are the errors whose status code is known. It was seen in responses; Cloudflare's documentation does "
        "not state it for each error."
    ),
    Product.ENVOY: _(
        "Envoy writes the flags into its access log (%RESPONSE_FLAGS%). Shown are the flags for which its "
        "documentation states a status code."
    ),
    Product.HAPROXY: _(
        "HAProxy logs how a session ended, as in sH--: the first letter says who or what ended it, the second at "
        "which point. Shown first are the states that go with a status code of HAProxy's own."
    ),
    Product.HEROKU: _(
        "Heroku's router logs the code, as in code=H12, and the client gets the status code with an error page. "
        "Codes that start with R are about processes and have no status code."
    ),
}


class ProductCode(Detail):
    """What a product says more precisely than the status code does."""

    class Direction(models.TextChoices):
        """Which of two mappings a row is from: both name the same codes and are not symmetric."""

        TO_HTTP = "to-http", "gRPC → HTTP"
        FROM_HTTP = "from-http", "HTTP → gRPC"

    class Basis(models.TextChoices):
        """How sure it is that the product's code goes with the status code."""

        DOCUMENTED = "documented", pgettext_lazy("basis", "Documented")
        LIKELY = "likely", pgettext_lazy("basis", "Likely")
        REPORTED = "reported", pgettext_lazy("basis", "Reported, not documented")

    NATURAL_KEY = ("code_id", "product", "value", "direction")

    code = models.ForeignKey(StatusCode, models.CASCADE, related_name="product_codes", verbose_name=_("status code"))
    position = PositionField()
    product = models.CharField(_("product"), max_length=20, choices=Product)
    value = models.CharField(_("product's code"), max_length=60, help_text=_("As the product writes it: 403.14, H12."))
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction, blank=True, help_text=_("Only for gRPC.")
    )
    phrase = models.CharField(_("phrase"), max_length=80, blank=True, help_text=_("The product's own words."))
    meaning_ko = models.CharField(_("meaning (Korean)"), max_length=120)
    meaning_en = models.CharField(_("meaning (English)"), max_length=160, blank=True)
    basis = models.CharField(_("status code is"), max_length=10, choices=Basis, default=Basis.DOCUMENTED)
    source = models.CharField(_("source"), max_length=200)
    url = HttpsURLField(_("address"))

    class Meta:
        ordering = ["position", "product", "value"]
        verbose_name = _("product's code")
        verbose_name_plural = _("products' codes")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "product", "value", "direction"], name="product_code_once_a_direction"
            ),
            models.CheckConstraint(condition=Q(url__istartswith="https://"), name="product_code_is_https"),
            models.CheckConstraint(
                condition=Q(product=Product.GRPC) & ~Q(direction="") | ~Q(product=Product.GRPC) & Q(direction=""),
                name="only_grpc_has_directions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_product_display()} {self.value}"

    def clean(self) -> None:
        if (self.product == Product.GRPC) != bool(self.direction):
            raise ValidationError({"direction": _("gRPC needs a direction, other products have none.")})

    meaning = localized("meaning")

    @property
    def is_documented(self) -> bool:
        """Whether the product's documentation states the status code."""
        return self.basis == self.Basis.DOCUMENTED
