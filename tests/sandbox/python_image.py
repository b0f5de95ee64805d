"""An image with a Python in it, made of this machine's own files: for containers where no registry can be reached."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

PYTHON = Path("/usr/bin/python3")
NAME = "localhost/gem-test-python"
LEFT_OUT = {"test", "idlelib", "tkinter", "ensurepip", "lib2to3", "pydoc_data", "site-packages", "dist-packages"}


def write_image(path: Path) -> None:
    """Write its one layer: the interpreter of the distribution, its library, and the C libraries of both."""
    python = PYTHON.resolve()
    library = Path(asked(python, "import sysconfig; print(sysconfig.get_path('stdlib'))"))
    extensions = [str(extension) for extension in library.glob("lib-dynload/*.so")]
    linked = subprocess.run(["ldd", str(python), *extensions], capture_output=True, text=True, check=True).stdout
    libraries = {word for word in linked.split() if word.startswith("/") and not word.endswith(":")}
    with tarfile.open(path, "w") as layer:
        for file in sorted({str(python), *libraries}):
            layer.add(Path(file).resolve(), file.lstrip("/"))
        for file in sorted(library.rglob("*")):
            parts = file.relative_to(library).parts
            if file.is_file() and not LEFT_OUT & set(parts) and not parts[0].startswith("config-"):
                layer.add(file.resolve(), str(file).lstrip("/"))
        link = tarfile.TarInfo(str(PYTHON).lstrip("/"))
        link.type, link.linkname = tarfile.SYMTYPE, python.name
        layer.addfile(link)


def asked(python: Path, code: str) -> str:
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()
