"""Where the browser is that tests and benches drive; installed when we may."""

import os
import shutil

from opsconsole.local.packages import install_packages
from opsconsole.local.terminal import say, step

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Return the path of a Chromium, installing it as root on Debian; empty when there is none."""
    for _ in range(2):
        for name in NAMES:
            if path := shutil.which(name):
                return path
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            break
        with step("Chromium for the browser"):
            install_packages(["chromium", "fonts-noto-cjk"])
    say("  --  No Chromium: what needs a browser is SKIPPED (sudo apt-get install chromium)")
    return ""
