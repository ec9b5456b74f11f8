"""Debian packages, for the few things that Python's registry does not have."""

import os
import subprocess


def install_packages(names: list[str]) -> None:
    """Install as root, without recommendations; failure shows in what is missing afterwards."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *names],
    ):
        subprocess.run(["apt-get", *command], env=quiet, capture_output=True, check=False)
