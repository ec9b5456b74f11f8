"""One command for everything: `python3 dev.py` prints the verbs.

It needs python3 alone. It makes the isolated environment in .venv (a pinned uv, then every
dependency with its hash checked), skips that when nothing changed, and hands over to
opsconsole/local. Older Pythons must be able to read this file as far as the sentence that
refuses them, so it keeps to old syntax.
"""

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "opsconsole.json")

#: verb -> (which requirements it needs, what it does)
VERBS = {
    "run": ("local", "the whole console with demo data; Ctrl-C stops it"),
    "test": ("test", "every check and every test; arguments go to pytest"),
    "check": ("test", "the checks alone: format, lint, types, layers, migrations, API schema"),
    "bench": ("test", "measure: bench NAME [--quick] [--json FILE]; bare bench prints the names"),
    "fmt": ("test", "put the source into its one format"),
    "manage": ("local", "a manage.py command against the console that runs here"),
    "services": ("local", "PostgreSQL and Redis alone, for running the other programs by hand"),
    "messages": ("local", "bring the sentences of the source into locale/ and compile them"),
    "lock": ("test", "compile requirements/*.txt anew from pyproject.toml"),
}

#: The lock on .venv. Installers keep it open: if we are killed, the next start waits for them.
HELD = []


def fail(sentence):
    """End with one sentence and no traceback."""
    sys.stdout.flush()
    sys.stderr.write("\n" + sentence + "\n")
    sys.exit(1)


def usage():
    """Print the verbs."""
    print("usage: python3 dev.py VERB ...\n")
    for verb, (_, text) in VERBS.items():
        print("  {:<9} {}".format(verb, text))


def check_machine():
    """Refuse what cannot work."""
    if sys.version_info < (3, 11):
        fail(
            "opsconsole needs Python 3.11 or newer and this is Python {}.{}: install a newer one "
            "and start it by name, for example python3.11 dev.py run.".format(
                *sys.version_info[:2]
            )
        )
    if os.name != "posix":
        fail("opsconsole runs on Linux and macOS: on Windows use WSL.")


def digest(name):
    """A short hash of one requirements file."""
    with open(os.path.join(HERE, "requirements", name + ".txt"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:16]


def read_stamp():
    """What the environment was made from; empty when it must be made anew."""
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
    except (OSError, ValueError):
        return {}
    usable = os.path.exists(PYTHON) and stamp.get("prefix") == VENV
    return stamp if usable else {}


def satisfied(stamp, wanted):
    """True when nothing needs to be installed; the test set contains the local one."""
    return stamp.get(wanted) == digest(wanted) and stamp.get("uv") == digest("uv")


def tool(what, command):
    """Run one installer quietly; on failure show its last lines and the remedy."""
    done = subprocess.Popen(
        command,
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        pass_fds=HELD,
    )
    said = done.communicate()[0].decode("utf-8", "replace")
    if done.returncode:
        sys.stderr.write("\n".join(said.splitlines()[-12:]) + "\n")
        fail(what)


def step(name, started):
    """Print one finished step with its time."""
    print("  ok  {:<34} {:>6.1f} s".format(name, time.monotonic() - started), flush=True)


def make_venv():
    """Make .venv and put the pinned uv into it."""
    started = time.monotonic()
    tool(
        "Python could not make the environment in .venv: on Debian and Ubuntu install its part "
        "for that with sudo apt-get install python3-venv, and start again.",
        [sys.executable, "-m", "venv", "--clear", VENV],
    )
    step("Isolated environment in .venv", started)


def install_uv():
    """Install uv, its hash checked."""
    started = time.monotonic()
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tool(
        "pip could not install uv: check the network route to the package registry "
        "(pip's own settings apply) and start again.",
        [*command, "--require-hashes", "-r", os.path.join("requirements", "uv.txt")],
    )
    step("Installer (uv)", started)


def sync(requirements):
    """Make the environment equal to one requirements file."""
    started = time.monotonic()
    command = [os.path.join(VENV, "bin", "uv"), "pip", "sync", "--python", PYTHON]
    cache = os.environ.get("UV_CACHE_DIR") or os.path.expanduser("~/.cache")
    if not writable(cache):
        command.append("--no-cache")
    tool(
        "The dependencies could not be installed: check the network route to the package registry "
        "and the space left on the disk, and start again.",
        [*command, "--require-hashes", os.path.join("requirements", requirements + ".txt")],
    )
    step("Dependencies ({})".format(requirements), started)


def writable(path):
    """True when the path, or its nearest existing parent, can be written to."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return os.access(path, os.W_OK)


def prepare(wanted):
    """Bring the environment up to date; does nothing when it already is."""
    if satisfied(read_stamp(), wanted):
        return
    import fcntl

    try:
        os.makedirs(VENV, exist_ok=True)
        lock = os.open(VENV, os.O_RDONLY)
        HELD.append(lock)
        # Two first starts at once: the second waits here and then finds it done.
        fcntl.flock(lock, fcntl.LOCK_EX)
        install(wanted)
        os.close(lock)
    except OSError as error:
        full = error.errno == errno.ENOSPC
        remedy = "free some space" if full else "copy the project to a directory of your own"
        fail("Cannot write to {} ({}): {} and start again.".format(VENV, error.strerror, remedy))


def install(wanted):
    """Install what the stamp says is missing, and stamp it."""
    stamp = read_stamp()
    if satisfied(stamp, wanted):
        return
    if not os.access(VENV, os.W_OK):
        raise PermissionError(errno.EACCES, "Permission denied")
    if not stamp:
        make_venv()
    if stamp.get("uv") != digest("uv"):
        install_uv()
    # The test set contains the local one: once there, it is never taken away again.
    name = "test" if wanted == "test" or "test" in stamp else "local"
    sync(name)
    fresh = {"prefix": VENV, "uv": digest("uv"), "local": digest("local")}
    if name == "test":
        fresh["test"] = digest("test")
    with open(STAMP, "w") as file:
        json.dump(fresh, file)


def main():
    """Prepare, then become the verb."""
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    check_machine()
    if verb not in VERBS:
        usage()
        sys.exit(0 if verb in ("", "-h", "--help") else 2)
    os.environ["OPSCONSOLE_STARTED"] = str(time.monotonic())
    helped = any(word in ("-h", "--help") for word in sys.argv[2:])
    try:
        if not (helped and shutil.which(PYTHON)):
            prepare(VERBS[verb][0])
    except KeyboardInterrupt:
        fail("Stopped before anything was started.")
    os.environ["PYTHONPATH"] = HERE
    os.execv(PYTHON, [PYTHON, "-P", "-m", "opsconsole.local", *sys.argv[1:]])


if __name__ == "__main__":
    main()
