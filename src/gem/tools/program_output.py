"""What an agent reads of a program's result: bounded, and with a word on what ended it."""

from __future__ import annotations

from gem.sandbox import Result

LIMIT_NAMES = {"cpu": "processor time"}
"""Of limits whose own name says too little."""


def told(result: Result, *, timeout_s: float, last_line_only: bool, most_chars: int, notes: list[str]) -> str:
    """What the program printed, stdout before stderr, and how it ended if not well; then `notes`.

    `last_line_only` keeps of a traceback the line that names the error. Of more than `most_chars` the middle is
    left out, since what was printed first and how it ended matter most.
    """
    stderr = result.stderr.strip("\n")
    if last_line_only and not result.ok:
        stderr = error_line(stderr)
    complaints = "\n".join(part for part in (stderr, *_endings(result, timeout_s), *notes) if part)
    parts = [part for part in (result.stdout, complaints) if part]
    return shortened("\n".join(parts), most_chars) if parts else "(nothing was printed)"


def shortened(text: str, most_chars: int) -> str:
    """`text`, or its head and tail of `most_chars` characters together, with a note of how many lie between."""
    if len(text) <= most_chars:
        return text
    head = most_chars // 2
    tail = most_chars - head
    return f"{text[:head]}\n[... {len(text) - most_chars} characters left out ...]\n{text[len(text) - tail :]}"


def error_line(stderr: str) -> str:
    """The line of a traceback that names the error, such as `ValueError: bad`; else the last line."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    frames = [number for number, line in enumerate(lines) if line.startswith('  File "')]
    behind = lines[frames[-1] + 1 :] if frames else []
    return next((line for line in behind if not line[0].isspace()), lines[-1] if lines else "")


def _endings(result: Result, timeout_s: float) -> list[str]:
    """Sentences on what the program's own output does not tell."""
    if result.timed_out:
        return [f"Execution timed out after {timeout_s:g} seconds."]
    said: list[str] = []
    if result.limit_hit is not None:
        said.append(f"The program ran into its {LIMIT_NAMES.get(result.limit_hit, result.limit_hit)} limit.")
    elif result.status == "killed":
        said.append("The program was killed.")
    elif result.status == "error" and not result.stderr.strip():
        said.append(f"The program ended with exit code {result.exit_code}.")
    if result.truncated:
        said.append("It printed more than is kept.")
    return said
