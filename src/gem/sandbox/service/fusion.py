"""The JSON of SandboxFusion's `/run_code`: our words in it, both ways. No network here.

Its answers know neither truncation nor limits, so ours carry a `Result` besides, under "gem".
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, replace
from typing import Any, cast, get_args

from gem.errors import ConfigError
from gem.sandbox.limits import Limits
from gem.sandbox.result import LimitName, Result, Status, kept, unavailable

LANGUAGES = ("python",)


def request_of(code: bytes, stdin: bytes, limits: Limits) -> dict[str, Any]:
    """The request for one program. JSON holds text only: what is no UTF-8 is replaced."""
    return {
        "code": code.decode("utf-8", "replace"),
        "language": "python",
        "stdin": stdin.decode("utf-8", "replace"),
        "run_timeout": limits.timeout_s,
        "compile_timeout": limits.timeout_s,
        "memory_limit_MB": limits.memory_mb,
        "files": {},
    }


def program_of(request: object, limits: Limits) -> tuple[str, str, Limits]:
    """The program, its stdin and its limits, which replace those of the sandbox. Raises `ConfigError`."""
    if not isinstance(request, dict):
        raise ConfigError("the request is a JSON object")
    wanted = cast("dict[str, Any]", request)
    code, stdin, language = wanted.get("code"), wanted.get("stdin"), wanted.get("language", "python")
    if not isinstance(code, str) or not isinstance(stdin, str | None):
        raise ConfigError("`code` is text, and so is `stdin`")
    if language not in LANGUAGES:
        raise ConfigError(f"`language` is one of {', '.join(LANGUAGES)}")
    if wanted.get("files") or wanted.get("fetch_files"):
        raise ConfigError("`files` and `fetch_files` are not supported")
    changes = {"timeout_s": wanted.get("run_timeout", limits.timeout_s)}
    memory_mb = wanted.get("memory_limit_MB", -1)
    if memory_mb != -1:
        changes["memory_mb"] = memory_mb
    return code, stdin or "", replace(limits, **changes)


def answer_of(result: Result) -> dict[str, Any]:
    """The answer that carries a result."""
    if result.status == "unavailable":
        return {"status": "SandboxError", "message": result.stderr, "compile_result": None, "run_result": None}
    run = {
        "status": "TimeLimitExceeded" if result.timed_out else "Finished",
        "execution_time": result.wall_s,
        "return_code": None if result.timed_out else result.exit_code,
        "stdout": result.stdout,
        "stderr": result.stderr,
    }
    status = "Success" if result.ok else "Failed"
    return {"status": status, "message": "", "compile_result": None, "run_result": run, "gem": asdict(result)}


def result_of(answer: bytes, limits: Limits) -> Result:
    """The result in an answer; "unavailable" if there is none that makes sense."""
    try:
        fields: Any = json.loads(answer)
        status, message = fields["status"], fields.get("message")
        run = fields.get("run_result") or fields.get("compile_result")
        if status == "SandboxError" or run is None or run["status"] == "Error":
            return unavailable(f"the sandbox service says: {str(message)[:2000]}")
        ours = _own_result(fields.get("gem"))
        return _shortened(ours or _foreign_result(run), limits)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return unavailable(f"the sandbox service's answer makes no sense: {type(error).__name__}: {str(error)[:200]}")


def _foreign_result(run: dict[str, Any]) -> Result:
    exit_code, wall_s = run.get("return_code"), run.get("execution_time")
    status: Status = "ok" if exit_code == 0 else "error"
    if run["status"] == "TimeLimitExceeded":
        status = "timeout"
    elif isinstance(exit_code, int) and exit_code < 0:
        status = "killed"
    return Result(
        status=status,
        stdout=str(run.get("stdout") or ""),
        stderr=str(run.get("stderr") or ""),
        exit_code=exit_code if isinstance(exit_code, int) else None,
        limit_hit="time" if status == "timeout" else None,
        wall_s=float(wall_s) if isinstance(wall_s, int | float) and math.isfinite(wall_s) else 0.0,
    )


def _own_result(told: Any) -> Result | None:
    """A `Result` as `answer_of` wrote it; None for anything else."""
    if not isinstance(told, dict):
        return None
    found = cast("dict[str, Any]", told)
    kinds: dict[str, tuple[type, ...]] = {
        **dict.fromkeys(("status", "stdout", "stderr"), (str,)),
        **dict.fromkeys(("exit_code",), (int, type(None))),
        **dict.fromkeys(("limit_hit",), (str, type(None))),
        **dict.fromkeys(("cpu_s", "rss_mb"), (int, float, type(None))),
        "truncated": (bool,),
        "wall_s": (int, float),
    }
    sound = set(found) == set(kinds) and all(isinstance(found[name], kinds[name]) for name in kinds)
    known = sound and found["status"] in get_args(Status) and found["limit_hit"] in (None, *get_args(LimitName))
    return Result(**found) if known else None


def _shortened(result: Result, limits: Limits) -> Result:
    limit = limits.output_kb * 1024
    (stdout, more_out), (stderr, more_err) = (
        kept(text.encode("utf-8", "replace"), limit) for text in (result.stdout, result.stderr)
    )
    return replace(result, stdout=stdout, stderr=stderr, truncated=result.truncated or more_out or more_err)
