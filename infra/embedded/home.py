"""The folder where the embedded servers live, and the user that they run as.

PostgreSQL refuses to run as root. As root the servers therefore run as an unprivileged user that exists already,
from a folder and from binaries which that user can reach. No permission of a folder that is not ours is changed
and no user is made: where the data folder or the binaries cannot be reached, a folder of our own elsewhere can.
"""

import importlib.util
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from infra.errors import SetupError

UNPRIVILEGED = ("postgres", "nobody")
ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 (the folder made in it is private and new)
PLAIN_SHORT_PATH = re.compile(r"/[\w/.-]{1,79}", re.ASCII)  # a socket's address has 107 characters, 103 on macOS


@dataclass(frozen=True)
class Home:
    """The servers' own folder: only their user may enter it."""

    path: Path
    user: pwd.struct_passwd

    @property
    def identity(self) -> dict[str, Any]:
        """Return the arguments of `subprocess` that make a process of the servers' user."""
        changes = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        return {"umask": 0o077, **changes}

    @property
    def environment(self) -> dict[str, str]:
        """Return the servers' environment: none of our secrets, none of the caller's PG* variables."""
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.path)}

    @cached_property
    def password(self) -> str:
        """Return the secret of both servers' administrators, made with the home and kept in it."""
        return kept_secret(self.path / "password")

    def folder(self, name: str) -> Path:
        """Return a private folder of the home, made if it is missing."""
        path = self.path / name
        if not path.is_dir():
            path.mkdir(mode=0o700)
            self.own(path)
        return path

    def own(self, path: Path) -> None:
        """Give a file or folder that we just made to the servers' user."""
        if os.geteuid() == 0:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def sockets(self) -> Path:
        """Return the folder of the sockets: in the home if its path is short and plain, else a private one."""
        link = self.path / "run"
        if PLAIN_SHORT_PATH.fullmatch(str(self.path)):
            return self.folder("run")
        if link.is_symlink() and not link.exists():
            link.unlink()
        if not link.is_symlink():
            folder = Path(tempfile.mkdtemp(prefix="win-", dir="/tmp"))
            self.own(folder)
            link.symlink_to(folder)
        return link.resolve()

    def program(self, package: str, inside: str, ignore: tuple[str, ...] = ()) -> Path:
        """Return a binary out of a wheel, from a copy if the servers' user cannot reach the wheel."""
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise SetupError(f"The Python package {package} is not installed; run ./win again.")
        source = Path(spec.submodule_search_locations[0])
        if self.can_run(source / inside):
            return source / inside
        copies = self.folder(f"{package}-{version(package)}")
        for tree in (source, source.with_name(f"{package}.libs")):
            if tree.is_dir() and not (copies / tree.name).exists():
                copy_tree(tree, copies / tree.name, self.own, ignore)
        if not self.can_run(copies / source.name / inside):
            raise SetupError(f"The user {self.user.pw_name} cannot run {copies / source.name / inside}.")
        return copies / source.name / inside

    def can_run(self, program: Path) -> bool:
        """Try it, as the servers' user: permissions, mounts and architectures are all asked at once."""
        try:
            run = subprocess.run(
                [program, "--version"],
                env=self.environment,
                cwd="/",
                capture_output=True,
                timeout=60,
                check=False,
                **self.identity,
            )
        except OSError:
            return False
        return run.returncode == 0


def open_home(data: Path) -> Home:
    """Return the servers' home of this data folder, made at the first start.

    Raises `SetupError` if it cannot be made, or belongs to somebody else.
    """
    make_data_folder(data)
    link = data.resolve() / "servers"
    if not os.path.lexists(link):
        make_home(link)
    path = link.resolve()
    try:
        owner = pwd.getpwuid(path.stat().st_uid)
    except FileNotFoundError:
        raise SetupError(f"The embedded servers' folder {path}, named by {link}, is gone.") from None
    except KeyError:
        raise SetupError(f"The embedded servers' folder {path} belongs to a user without a name.") from None
    if owner.pw_uid == 0 or os.geteuid() not in (0, owner.pw_uid):
        raise SetupError(f"The embedded servers' folder {path} belongs to {owner.pw_name}; choose another with --data.")
    return Home(path, owner)


def make_data_folder(data: Path) -> None:
    """Make the data folder, private; as root others may walk through it, because the servers' user must."""
    try:
        data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        raise SetupError(f"The data folder {data} cannot be written ({error.strerror}).") from None


def make_home(link: Path) -> None:
    """Make the home in the data folder, or elsewhere with a link to it."""
    if os.geteuid() != 0:
        link.mkdir(mode=0o700)
        return
    user = unprivileged_user()
    place = next((place for place in (link.parent, *ELSEWHERE) if reachable(place, user)), None)
    if place is None:
        raise SetupError(
            f"The user {user.pw_name} can reach neither {link.parent} nor /var/lib; choose another --data."
        )
    path = link if place == link.parent else place / f"win-{secrets.token_hex(6)}"
    path.mkdir(mode=0o700)
    os.chown(path, user.pw_uid, user.pw_gid)
    if path != link:
        link.symlink_to(path)


def unprivileged_user() -> pwd.struct_passwd:
    """Return the user that servers run as when we are root."""
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SetupError("Run WIN as an ordinary user: there is neither a user postgres nor nobody to run PostgreSQL as.")


def reachable(folder: Path, user: pwd.struct_passwd) -> bool:
    """Try to enter the folder as that user; we ourselves must be able to make something in it."""
    run = subprocess.run(
        ["/bin/sh", "-c", 'cd "$0" && cd ./.', str(folder)],
        cwd="/",
        env={},
        stderr=subprocess.DEVNULL,
        check=False,
        **Home(folder, user).identity,
    )
    return run.returncode == 0 and os.access(folder, os.W_OK)


def copy_tree(source: Path, target: Path, own: Callable[[Path], None], ignore: tuple[str, ...]) -> None:
    """Copy a folder whole or not at all."""
    building = target.with_name(f"{target.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    shutil.copytree(source, building, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", *ignore))
    for path in (building, *building.rglob("*")):
        if not path.is_symlink():
            own(path)
    building.rename(target)


def kept_secret(path: Path) -> str:
    """Return the secret kept in a file that only its owner may read; it is made once, whole or not at all."""
    try:
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=path.parent) as file, suppress(FileExistsError):
                file.write(secrets.token_hex(32))
                file.flush()
                os.link(file.name, path)
        secret = path.read_text().strip()
    except OSError as error:
        raise SetupError(f"The secret in {path} can be neither read nor made ({error.strerror}).") from None
    if len(secret) < 32:
        raise SetupError(f"The secret in {path} is damaged; restore it from a backup.")
    return secret
