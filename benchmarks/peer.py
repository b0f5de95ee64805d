"""The peer's own virtual environment: the released GEM (`gem-llm`), installed from PyPI on first use.

`gem-gym bench vector` uses the same environment; what is installed in it is said in `gem.cli.vector_bench.peers`.
Nothing of it is copied into this repository and nothing of it is ever installed beside our package; the folder
`.peers` is ignored by git and can be deleted at any time. The full installation needs no PyTorch.
"""

import subprocess
import sys
from pathlib import Path

from word_data import words

from gem.cli.vector_bench.peers import peers, python_of

SHARED_REQUIREMENTS = ("jinja2==3.1.6", "markupsafe==3.0.4")
PEERS_FOLDER = Path(__file__).with_name(".peers")
BASIC_WORDS, LONGEST_BASIC_WORD = 850, 7
"""As many as NLTK's list of Basic English has, and of about the same lengths (5 letters on average)."""


def peer_python() -> Path:
    """The python of the peer's environment, which is made if it is not there (about a minute, 400 MB)."""
    return python_of(peers()["gem-llm"], _say)


def shared_packages() -> Path:
    """A folder with one jinja2, put on the path of both sides: the chat template costs both the same."""
    folder = PEERS_FOLDER / "shared"
    if not _is_complete(folder, SHARED_REQUIREMENTS):
        _say(f"creating {folder}")
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--no-deps"]
        subprocess.run([*install, "--target", folder, *SHARED_REQUIREMENTS], check=True)
        _mark_complete(folder, SHARED_REQUIREMENTS)
    return folder


def worker_environment() -> dict[str, str]:
    """The environment variables of both sides' workers."""
    return {"PYTHONPATH": str(shared_packages()), "NLTK_DATA": str(_word_corpus())}


def _word_corpus() -> Path:
    """A stand-in for NLTK's `words`, which the peer's word games would download: our words, written as its two lists.

    The long list has 110,000 words where NLTK's has 237,000, which favours the peer wherever it reads it.
    """
    folder = PEERS_FOLDER / "nltk_data"
    lists = folder / "corpora" / "words"
    if not (lists / "en-basic").is_file():
        lists.mkdir(parents=True, exist_ok=True)
        common = [word for word in words(10) if len(word) <= LONGEST_BASIC_WORD]
        basic = [common[index * len(common) // BASIC_WORDS] for index in range(BASIC_WORDS)]
        for name, chosen in (("en", words(70)), ("en-basic", basic)):
            (lists / name).write_text("\n".join(chosen) + "\n")
    return folder


def _is_complete(folder: Path, requirements: tuple[str, ...]) -> bool:
    marker = folder / "complete.txt"
    return marker.is_file() and marker.read_text() == "\n".join(requirements)


def _mark_complete(folder: Path, requirements: tuple[str, ...]) -> None:
    """Written last: an interrupted installation is made again."""
    (folder / "complete.txt").write_text("\n".join(requirements))
    (PEERS_FOLDER / ".gitignore").write_text("*\n")


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
