"""The ASGI entry point: pages and the live stream in one process."""

import os

from django.core.asgi import get_asgi_application

from opsconsole.kernel.body_limit import BodyLimit
from opsconsole.kernel.memory import collect_rarely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsconsole.settings")

application = BodyLimit(get_asgi_application())

collect_rarely()
