"""The ASGI entry point: pages and the live stream in one process."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opsconsole.settings")

application = get_asgi_application()

# What is loaded now stays: the collector need not walk over it at every turn. A page makes tens of
# thousands of short-lived objects and next to no cycles, so it may also come round less often.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
