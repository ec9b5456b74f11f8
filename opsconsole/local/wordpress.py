"""A real WordPress for the tests, from Debian's packages, on the loopback, gone afterwards."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from opsconsole.local.places import free_port, temporary_directory
from opsconsole.local.problems import Problem
from opsconsole.local.processes import Service
from opsconsole.local.programs import answers
from opsconsole.local.terminal import step

PHP = Path(__file__).with_name("php")
PACKAGED = Path("/usr/share/wordpress")
POLICY = Path("/usr/sbin/policy-rc.d")
#: nginx-light and php-cgi satisfy WordPress' wish for a web server without pulling in Apache.
PACKAGES = (
    *("wordpress", "wordpress-theme-twentytwentythree", "mariadb-server", "nginx-light"),
    *("php", "php-cgi", "php-cli", "php-mysql", "php-gd", "php-xml", "php-curl", "php-mbstring"),
    "php-intl",
)
#: A zone with a half-hour offset and no summer time; a test that needs another one sets it.
TIME_ZONE = "Asia/Kolkata"


class WordPress:
    """Starts on entry, ends on exit; `access` tells a test how to reach it."""

    def __enter__(self) -> Self:
        """Install what is missing, start the database and the blog, make its users."""
        with contextlib.ExitStack() as stack:
            with step("WordPress packages"):
                _install()
            self.folder, self._held = stack.enter_context(temporary_directory("wordpress"))
            self.folder.chmod(0o711)  # its servers run as users of their own
            self.url = f"http://127.0.0.1:{free_port()}"
            self.root = self.folder / "www"
            self.env = os.environ | {
                "BLOG_URL": self.url,
                "BLOG_ROOT": str(self.root),
                "BLOG_SOCKET": str(self.folder / "db" / "db.sock"),
                "BLOG_DEBUG_LOG": str(self.folder / "debug.log"),
                "BLOG_SECRET": secrets.token_urlsafe(32),
                "BLOG_TIME_ZONE": TIME_ZONE,
                "PHP_CLI_SERVER_WORKERS": "4",  # pings and cron call back into the blog
            }
            with step("WordPress database"):
                self._start_database(stack)
            with step("WordPress itself"):
                self._copy_files()
                self._access = self._set_up()
                self._start_web(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop what was started and remove its files."""
        self._stack.close()

    def access(self) -> str:
        """JSON with url, version, and users: name -> application password."""
        return self._access

    def _service(self, name: str, command: list[str], user: str, grace: float = 5) -> Service:
        log = self.folder / f"{name}.log"
        as_user = _as_user(user) + command
        return Service(name, as_user, self.env, log, signal.SIGTERM, grace, held=(self._held,))

    def _run(self, name: str, command: list[str], user: str) -> str:
        step_ = self._service(name, command, user)
        step_.start()
        return step_.finish()

    def _start_database(self, stack: contextlib.ExitStack) -> None:
        folder = self.folder / "db"
        self._own(folder, "mysql")
        where = f"--datadir={folder / 'data'}"
        fresh = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        self._run("blog-install", ["mariadb-install-db", "--no-defaults", where, *fresh], "mysql")
        socket = f"--socket={self.env['BLOG_SOCKET']}"
        light = ["--skip-networking", "--innodb-flush-log-at-trx-commit=0"]
        light += [f"--pid-file={folder / 'pid'}", "--innodb-buffer-pool-size=64M"]
        server = ["mariadbd", "--no-defaults", where, socket, *light]
        database = self._service("blog-database", server, "mysql")
        stack.callback(database.stop)
        database.start()
        client = ["mariadb", "--no-defaults", "--user=root", socket, "-e"]
        database.wait_ready(lambda: _quiet([*client, "SELECT 1"]), 60, 0.1)
        make = (
            "CREATE DATABASE wordpress CHARACTER SET utf8mb4;"
            "CREATE USER wordpress@localhost IDENTIFIED BY 'wordpress';"
            "GRANT ALL ON wordpress.* TO wordpress@localhost"
        )
        self._run("blog-database-user", [*client, make], "")

    def _copy_files(self) -> None:
        """A copy of the packaged tree of our own; the package links to its libraries, we follow."""
        shutil.copytree(PACKAGED, self.root, ignore_dangling_symlinks=True)
        for folder in ("uploads", "mu-plugins"):
            (self.root / "wp-content" / folder).mkdir(parents=True, exist_ok=True)
        (self.root / "wp-config.php").unlink(missing_ok=True)
        shutil.copy(PHP / "wp-config.php", self.root)
        shutil.copy(PHP / "loopback.php", self.root / "wp-content" / "mu-plugins")
        (self.folder / "debug.log").touch()
        for path in [self.folder / "debug.log", self.root, *self.root.rglob("*")]:
            _give(path, "www-data")

    def _set_up(self) -> str:
        said = self._run("blog-setup", ["php", str(PHP / "setup.php")], "")
        found = said[said.find("{") :]
        try:
            json.loads(found)
        except ValueError as error:
            raise Problem(f"WordPress could not be set up. It said:\n{said[-2000:]}") from error
        return found

    def _start_web(self, stack: contextlib.ExitStack) -> None:
        limits = ["-d", "upload_max_filesize=32M", "-d", "post_max_size=32M", "-d", "log_errors=1"]
        router = self.folder / "router.php"
        shutil.copy(PHP / "router.php", router)
        address = self.url.removeprefix("http://")
        server = ["php", *limits, "-S", address, "-t", str(self.root), str(router)]
        web = self._service("blog-web", server, "www-data", grace=2)
        stack.callback(web.stop)
        web.start()
        web.wait_ready(lambda: answers(self.url, "/wp-json/wp/v2/posts"), 60, 0.1)

    def _own(self, folder: Path, user: str) -> None:
        folder.mkdir()
        folder.chmod(0o755)
        _give(folder, user)


def _give(path: Path, user: str) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, user, user)


def _as_user(user: str) -> list[str]:
    """Root starts the servers as the users that their packages made; others as themselves."""
    if os.geteuid() != 0 or not user:
        return []
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def _quiet(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _installed(package: str) -> bool:
    query = ["dpkg-query", "-W", "-f=${Status}", package]
    done = subprocess.run(query, capture_output=True, text=True, check=False)
    return done.stdout.endswith(" ok installed")


def _install() -> None:
    """Install the packages that are missing; raises Problem where that is not possible."""
    if not shutil.which("dpkg-query"):
        raise Problem("The tests against WordPress need a Debian or Ubuntu machine.")
    missing = [package for package in PACKAGES if not _installed(package)]
    if not missing:
        return
    if os.geteuid() != 0:
        raise Problem(
            f"WordPress is not installed: sudo apt-get install --no-install-recommends "
            f"{' '.join(missing)}"
        )
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with _no_services_started():
        for what in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
            done = subprocess.run(
                ["apt-get", "-qq", *what], env=quiet, capture_output=True, text=True, check=False
            )
            if done.returncode:
                last = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
                raise Problem(f"WordPress could not be installed. apt-get said:\n{last}")


@contextlib.contextmanager
def _no_services_started() -> Iterator[None]:
    """Keep the packages from starting their servers, which would listen to the world."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink()
