import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402

from codes.revisions import follower  # noqa: E402

from .handler import Handler  # noqa: E402
from .kept import KeptPages, release  # noqa: E402
from .metrics import KEPT  # noqa: E402

django_application = Handler()
if settings.DEBUG:
    # Templates and styles are being changed, which no revision tells.
    application = django_application
else:
    follower.at_each_look.append(KEPT.publish)
    follower.start()
    application = KeptPages(django_application, follower, release())
