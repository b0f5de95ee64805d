"""Programs that nobody would write, made from a seed, and what a sandbox makes of them.

    python -m tests.sandbox.fuzz 10000

runs so many and prints how they ended; a run that raises in the host, or that ends as no `Result` may, is a finding.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from gem import sandbox
from gem.sandbox import Limits, Result, Sandbox

LIMITS = Limits(timeout_s=0.5, memory_mb=128, output_kb=64, disk_mb=4)
STATUSES = ("ok", "error", "timeout", "killed")
GRACE_S = 2.0
BATCH = 100
_SEEDS = [path.read_bytes() for path in sorted((Path(__file__).parent / "compat").iterdir()) if path.is_file()]
_TOKENS = (  # noqa: SIM905 - a list of a hundred literals is no better to read
    "def f(x): return x while True : for i in range(3) if else elif import os sys json re lambda yield await async "
    "class with as try except finally raise del global nonlocal print ( ) [ ] { } , ; = == := -> ** // @ . ... : "
    "\n \n \n     \t # ' \" ''' \"\"\" \\ f'{x!r:>{y}}' b'\\xff' r'\\' 0x 1e999 0b2 1_0 1j ٣ é _ __name__ None True "
    "int(input()) exit() open('x','w') sys.stdout.close() *a **k match case _ type \x00 \x0c \ufeff \u2028"
).split(" ")


def programs(seed: int) -> Iterator[tuple[bytes, bytes]]:
    """Pairs of program and stdin without end; the same for the same seed."""
    rng = random.Random(seed)
    while True:
        make = rng.choice(MAKERS)
        stdin = rng.choice([b"", b"\0" * 10, b"5\n" * 10, rng.randbytes(200), b"x" * 100_000, b"\xff\xfe\n"])
        yield make(rng), stdin


def noise(rng: random.Random) -> bytes:
    """Bytes without sense."""
    return rng.randbytes(rng.randrange(300))


def mutated(rng: random.Random) -> bytes:
    """A program with bytes changed, cut, doubled or put elsewhere."""
    code = bytearray(rng.choice(_SEEDS)[:3000])
    for _ in range(rng.randrange(1, 8)):
        start = rng.randrange(len(code) + 1)
        end = min(len(code), start + rng.randrange(30))
        act = rng.randrange(4)
        if act == 0:
            code[start:end] = rng.randbytes(end - start)
        elif act == 1:
            del code[start:end]
        elif act == 2:
            code[start:start] = code[start:end] * 2
        else:
            code[start:start] = rng.choice(_TOKENS).encode()
    return bytes(code)


def soup(rng: random.Random) -> bytes:
    """Words of the language in no order."""
    return "".join(rng.choice(_TOKENS) + rng.choice(("", " ")) for _ in range(rng.randrange(60))).encode()


def grown(rng: random.Random) -> bytes:
    """A program of the right form that does what it happens to do."""
    return "\n".join(_statement(rng, 0) for _ in range(rng.randrange(1, 6))).encode()


def long_line(rng: random.Random) -> bytes:
    """One line far longer than anyone writes."""
    part = rng.choice(["1+", "x=", "(", "[", "a,", "not ", "-", "'x'", "lambda:", ".a", "#", "f(", "[0]", "if 1:", "{"])
    return part.encode() * rng.choice([99, 1000, 10_000, 100_000])


def deep(rng: random.Random) -> bytes:
    """Nested further than a parser likes."""
    opening, closing = rng.choice(["()", "[]", "{}", ("f(", ")"), ("-", ""), ("(lambda: ", ")"), ("[x for x in ", "]")])
    depth = rng.choice([50, 90, 200, 3000, 10_000])
    if rng.random() < 0.3:
        return "".join(" " * min(level, 120) + "if 1:\n" for level in range(depth % 1000)).encode()
    return (opening * depth + "1" + closing * depth).encode()


def odd_encoding(rng: random.Random) -> bytes:
    """Marks, cookies and bytes that say of a text what it is not."""
    head = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0", b"\xef\xbb\xbf\xef\xbb\xbf", b"\x1a", b"\r", b""]
    names = [
        b"utf-8",
        b"latin-1",
        b"utf-16",
        b"rot13",
        b"hex",
        b"zlib",
        b"idna",
        b"utf-7",
        b"no-such",
        b"x" * 500,
        b"\xff",
    ]
    text = rng.choice(["print('é')", "print('\ud800')", "x = '\x00'", "print(1)\r\n", "\x0cprint(1)"])
    cookie = b"# -*- coding: " + rng.choice(names) + b" -*-\n" if rng.random() < 0.7 else b""
    return rng.choice(head) + cookie + text.encode(rng.choice(["utf-8", "utf-16", "latin-1"]), "replace")


MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    noise, mutated, mutated, soup, grown, grown, long_line, deep, odd_encoding,
)  # fmt: skip


def _statement(rng: random.Random, depth: int) -> str:
    pad = "    " * depth
    value = partial(_expression, rng, 0)
    simple = [
        f"a = {value()}", f"print({value()})", f"assert {value()}", f"raise Exception({value()})", "import sys",
        f"b = [{value()} for a in range(3)]", f"del {rng.choice('abc')}", "pass", f"sys.exit({value()})",
        f"a, *b = {value()}, {value()}", f"print({value()}, file=sys.stderr)", f"open({value()}, 'w').write('x')",
    ]  # fmt: skip
    if depth > 3 or rng.random() < 0.6:
        return pad + rng.choice(simple)
    heads = [
        "for a in range(4):", "while a:", f"if {value()}:", "def c(x=1, *y, **z):", "class C:", "try:",
        "with open('f', 'w') as b:",
    ]  # fmt: skip
    head = rng.choice(heads)
    body = "\n".join(_statement(rng, depth + 1) for _ in range(rng.randrange(1, 4)))
    tail = f"\n{pad}except Exception as b:\n{pad}    print(b)" if head == "try:" else ""
    return f"{pad}{head}\n{body}{tail}"


def _expression(rng: random.Random, depth: int) -> str:
    leaves = ["0", "1", "-1", "10**9", "'é'", "b'\\xff'", "None", "a", "b", "c", "input()", "[]", "{}", "1.5", "..."]
    if depth > 3 or rng.random() < 0.4:
        return rng.choice(leaves)
    inner = [_expression(rng, depth + 1) for _ in range(2)]
    shapes = [
        "({} + {})", "({} * {})", "({} or {})", "{}[{}]", "str({})*len({})", "({} if {} else 0)", "lambda: ({}, {})",
        "f'{{{}}}'", "repr({})", "[{}] * {}", "({} == {})", "hash({})", "c({}, {})", "({} ** 3)", "sorted([{}, {}])",
    ]  # fmt: skip
    return rng.choice(shapes).format(*inner)


@dataclass(slots=True)
class Fuzzed:
    """How many programs ended how, and what was found."""

    statuses: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    @property
    def programs(self) -> int:
        """How many were run."""
        return sum(self.statuses.values())


def fuzz(box: Sandbox, count: int, seed: int = 0, until_s: float = float("inf"), threads: int = 4) -> Fuzzed:
    """Run `count` programs, or as many as there is time for."""
    done = Fuzzed()
    deadline = time.monotonic() + until_s

    def one(pair: tuple[bytes, bytes]) -> None:
        if time.monotonic() > deadline:
            return
        code, stdin = pair
        begun = time.monotonic()
        try:
            result = box.run(code, stdin, limits=LIMITS)
        except Exception as error:
            done.statuses["raised"] += 1
            done.findings.append(f"{type(error).__name__}: {error} for {code[:200]!r}")
            return
        done.statuses[result.status] += 1
        done.findings += [f"{why} for {code[:200]!r}" for why in _wrongs(result, time.monotonic() - begun)]

    source = programs(seed)
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, count, BATCH):
            list(pool.map(one, islice(source, min(BATCH, count - start))))
    return done


def _wrongs(result: Result, wall_s: float) -> list[str]:
    found = [] if result.status in STATUSES else [f"status {result.status}: {result.stderr[:200]}"]
    if wall_s > LIMITS.timeout_s * 4 + GRACE_S:  # four threads may wait for two places
        found.append(f"took {wall_s:.1f} s")
    if max(len(result.stdout), len(result.stderr)) > LIMITS.output_kb * 1024:
        found.append("more output than is kept")
    if (result.status == "ok") != (result.exit_code == 0):
        found.append(f"status {result.status} with exit code {result.exit_code}")
    if result.status == "error" and not (result.stderr or result.exit_code):
        found.append("an error that says nothing")
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    begun = time.monotonic()
    with sandbox.make("zygote") as box:
        done = fuzz(box, count, seed)
    print(f"{done.programs} programs in {time.monotonic() - begun:.0f} s, seed {seed}: {dict(done.statuses)}")
    for finding in done.findings[:20]:
        print(finding)
    print(f"{len(done.findings)} findings")
    sys.exit(bool(done.findings))


if __name__ == "__main__":
    main()
