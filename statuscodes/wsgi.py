import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "statuscodes.settings")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from codes.revisions import follower  # noqa: E402

from .kept import KeptPages  # noqa: E402

if settings.DEBUG:
    # Templates and styles are being changed, which no revision tells.
    application = django_application
else:
    follower.start()
    application = KeptPages(django_application, follower)
