"""Virtual environments under `target/`, made when first asked for and kept: one per Python and list of packages."""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: Where everything that is made here lives.
PLACE = os.path.join(os.environ.get("CARGO_TARGET_DIR") or os.path.join(ROOT, "target"), "truth")
#: What the comparison itself needs.
TOOLS = ["pyarrow==26.0.1"]


def interpreter(python, requirements):
    """The Python of an environment with these packages, made of the given Python; itself, if it needs none."""
    if not requirements:
        return python
    version = subprocess.check_output([python, "-c", "import sys; print(sys.version, sys.executable)"], text=True)
    key = hashlib.sha256(repr((version, requirements)).encode()).hexdigest()[:12]
    folder = os.path.join(PLACE, "{}-{}".format(version.split()[0], key))
    os.makedirs(PLACE, exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "complete")):
            make(python, requirements, folder)
    return os.path.join(folder, "bin", "python")


def make(python, requirements, folder):
    """Our own pip fills it: some Pythons come without."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.check_call([python, "-m", "venv", "--without-pip", folder])
    made = os.path.join(folder, "bin", "python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", made]
    subprocess.check_call(pip + ["install", "--quiet", "--only-binary", ":all:"] + requirements)
    open(os.path.join(folder, "complete"), "w").close()


def tools():
    """A Python that has pyarrow: this one if it does."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return interpreter(sys.executable, TOOLS)
    return sys.executable
