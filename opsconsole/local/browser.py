"""Where the browser is that tests and benches drive; installed when we may."""

import os
import shutil

from opsconsole.local.packages import install_packages
from opsconsole.local.terminal import say, step

#: The shell without windows first: it does the same for pages at half the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: Debian's packages in the order in which they are tried; the first that exists is enough.
PACKAGES = ("chromium-headless-shell", "chromium")


def chromium() -> str:
    """Return the path of a Chromium, installing it as root on Debian; empty when there is none."""
    may_install = os.geteuid() == 0 and shutil.which("apt-get")
    for package in (*PACKAGES, ""):
        if path := next(filter(None, map(shutil.which, NAMES)), ""):
            return path
        if package and may_install:
            with step("Chromium for the browser"):
                install_packages([package, "fonts-noto-cjk"])
    say("  --  No Chromium: what needs a browser is SKIPPED (sudo apt-get install chromium)")
    return ""
