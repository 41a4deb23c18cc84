#!/usr/bin/env python3
"""Unpacks the Pythons that Debian builds, beside those that are installed: nothing outside `target/pythons` changes.

    debian.py [--refresh]

Prints the path of one interpreter a line; what could not be had, and why, goes to standard error. Each suite's
packages come with the C library they need and are started by its own loader, so that they run on older systems. The
archive's signature is checked with the system's Debian keys, the index by the signed hash, each package by the index's.
What is there already is used as it is; `--refresh` fetches anew.
"""
import argparse
import fcntl
import hashlib
import lzma
import os
import shutil
import subprocess
import sys
import urllib.request

MIRROR = os.environ.get("HEAPGRAPH_DEBIAN_MIRROR", "http://deb.debian.org/debian")
KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLACE = os.path.join(os.environ.get("CARGO_TARGET_DIR") or os.path.join(ROOT, "target"), "pythons")
#: Suite and minor version. trixie stays at 3.13.5; sid has the newest.
WANTED = [("trixie", "3.13"), ("sid", "3.14")]
PACKAGES = ["python{}-minimal", "libpython{}-stdlib", "python{}-dbg"]
#: What starts so is followed from package to package; the rest (time zones, MIME types, Tk) no interpreter needs here.
FOLLOWED = ("python3", "libpython3", "lib", "zlib")
LEFT_OUT = ("libtcl", "libtk", "libdebconf")
LIBRARIES = "usr/lib/x86_64-linux-gnu"

#: Finds everything from where it lies itself, so that `target` may be moved or copied.
LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
libraries="$here/../../{libraries}"
exec "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" --argv0 "$0" "$here/{program}" "$@"
"""


class Unavailable(Exception):
    """Why a suite's Pythons cannot be had: a sentence."""


def fetch(path):
    try:
        with urllib.request.urlopen("{}/{}".format(MIRROR, path), timeout=20) as answer:
            return answer.read()
    except OSError as error:
        raise Unavailable("{}/{}: {}".format(MIRROR, path, error)) from error


def checked(path, sha256):
    data = fetch(path)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise Unavailable("{}: expected SHA-256 {}, found {}".format(path, sha256, found))
    return data


def signed(text):
    """The text that the archive's keys have signed."""
    if not shutil.which("gpgv"):
        raise Unavailable("gpgv is missing: apt install gpgv")
    if not os.path.exists(KEYS):
        raise Unavailable("{} is missing: apt install debian-archive-keyring".format(KEYS))
    command = ["gpgv", "--quiet", "--keyring", KEYS, "--output", "-", "-"]
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise Unavailable("the archive's signature is not good: {}".format(done.stderr.decode(errors="replace")))
    return done.stdout.decode()


def index(suite):
    """Fields by package, as `Packages` has them."""
    release = signed(fetch("dists/{}/InRelease".format(suite)))
    name = "main/binary-amd64/Packages.xz"
    hashes = release.partition("\nSHA256:\n")[2].splitlines()
    sha256 = next((line.split()[0] for line in hashes if line.split()[2:] == [name]), None)
    if sha256 is None:
        raise Unavailable("{}: InRelease does not list {}".format(suite, name))
    packages = {}
    for text in lzma.decompress(checked("dists/{}/{}".format(suite, name), sha256)).decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line and line[0] != " ")
        if fields:
            packages[fields["Package"]] = fields
    return packages


def closure(packages, names):
    """These packages and the libraries they need, without versions: a suite's own fit each other."""
    found, waiting = [], list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        if name not in packages:
            raise Unavailable("the archive has no {}".format(name))
        found.append(name)
        for wish in packages[name].get("Depends", "").split(","):
            choices = [choice.split()[0].split(":")[0] for choice in wish.split("|") if choice.strip()]
            choice = next((choice for choice in choices if choice in packages), "")
            if choice.startswith(FOLLOWED) and not choice.startswith(LEFT_OUT):
                waiting.append(choice)
    return sorted(found)


def unpack(suite, version, folder):
    """Fill `folder` as a root of its own."""
    packages = index(suite)
    for name in closure(packages, [name.format(version) for name in PACKAGES]):
        fields = packages[name]
        archive = os.path.join(folder, "package.deb")
        with open(archive, "wb") as file:
            file.write(checked(fields["Filename"], fields["SHA256"]))
        subprocess.run(["dpkg", "-x", archive, folder], check=True)
        os.unlink(archive)
        sys.stderr.write("{}: {} {}\n".format(suite, name, fields["Version"]))


def interpreters(folder, version):
    """The release and the debug build of a root."""
    return [os.path.join(folder, "usr/bin", name) for name in ("python" + version, "python{}d".format(version))]


def put_launcher(interpreter):
    """Under the interpreter's usual name stands what starts it by the root's own loader."""
    program = interpreter + ".elf"
    text = LAUNCHER.format(libraries=LIBRARIES, program=os.path.basename(program))
    if not os.path.exists(program):
        os.rename(interpreter, program)
    with open(interpreter + ".new", "w") as file:
        file.write(text)
    os.chmod(file.name, 0o755)
    os.replace(file.name, interpreter)


def ready(suite, version, refresh):
    """The interpreters of a suite, fetched when first asked for."""
    folder = os.path.join(PLACE, "{}-{}".format(suite, version))
    with open(folder + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if refresh or not os.path.exists(os.path.join(folder, "complete")):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
            unpack(suite, version, folder)
            open(os.path.join(folder, "complete"), "w").close()
        for interpreter in interpreters(folder, version):
            put_launcher(interpreter)
    return interpreters(folder, version)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--refresh", action="store_true", help="fetch anew what is there already")
    refresh = parser.parse_args().refresh
    os.makedirs(PLACE, exist_ok=True)
    for suite, version in WANTED:
        try:
            print("\n".join(ready(suite, version, refresh)), flush=True)
        except (Unavailable, OSError, subprocess.CalledProcessError) as reason:
            sys.stderr.write("skipped: CPython {} of Debian {}: {}\n".format(version, suite, reason))


if __name__ == "__main__":
    main()
