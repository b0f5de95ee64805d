"""Every benchmark one after the other, and all their tables: what `make bench` runs.

Each script stays runnable alone; this one only starts them and collects their figures.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPTS = ("import_time", "env_step", "env_reset", "wrapped_step", "vector")


def run_script(name: str, json_path: Path, repeats: int | None) -> int:
    """Its exit status; its tables go straight to the terminal."""
    command = [sys.executable, str(Path(__file__).with_name(f"{name}.py")), "--json", str(json_path)]
    return subprocess.run([*command, "--repeats", str(repeats)] if repeats else command, check=False).returncode


def main() -> int:
    """Run them all, even after one has failed."""
    options = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    options.add_argument("--repeats", type=int, help="interleaved pairs per figure, instead of each script's own")
    options.add_argument("--json", type=Path, metavar="PATH", help="also write every single figure there")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, f"{name}.json") for name in SCRIPTS}
        failed = [name for name, path in paths.items() if run_script(name, path, chosen.repeats)]
        if chosen.json:
            figures = [json.loads(path.read_text()) for path in paths.values() if path.exists()]
            chosen.json.write_text(json.dumps(figures, indent=1) + "\n")
    if failed:
        print(f"did not finish: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
