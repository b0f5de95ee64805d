"""How fast the embedded search engines build and answer, alone, from an event loop, and over HTTP.

The corpus is generated (`search_corpus.py`): the figures say nothing about relevance. Writes `search.json` beside
this file unless told otherwise, prints a table, and exits with 1 if a bar is missed. About four minutes.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, process_time, thread_time

import numpy as np
from search_corpus import passages, questions

from gem import search

HERE = Path(__file__).parent
ENGINES = ("tantivy", "fts5")
BARS = {"tantivy p50": 2.0, "tantivy p95": 25.0}
"""Milliseconds of a search of 200,000 passages on one thread."""
TOPK = 10
AT_ONCE, ROUNDS, TICK_S = 64, 10, 0.001
CLIENTS = 8
LATENCIES = ("p50_ms", "p95_ms", "cpu_p50_ms", "cpu_p95_ms")


def main() -> int:
    """Measure, print, write, judge."""
    options = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    options.add_argument("--passages", type=int, default=200_000, metavar="N", help="(default: %(default)s)")
    options.add_argument("--queries", type=int, default=300, metavar="N", help="(default: %(default)s)")
    options.add_argument(
        "--json", type=Path, default=HERE / "search.json", metavar="PATH", help="(default: %(default)s)"
    )
    options.add_argument("--folder", type=Path, help="build the indices there, and keep them for the next time")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        figures = measure(chosen.folder or Path(temporary), chosen.passages, chosen.queries)
    chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    print(table(figures))
    return int(not all(figures["bars_met"].values()))


def measure(folder: Path, count: int, asked: int) -> dict:
    wanted = questions(asked)
    figures = {
        "machine": f"{platform.platform()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "passages": count,
        "queries": asked,
        "topk": TOPK,
        "engines": {},
    }
    for engine in ENGINES:
        index = folder / engine
        built = build(index, engine, count)
        begun = perf_counter()
        with search.open(index) as retriever:
            opened_ms = 1e3 * (perf_counter() - begun)
            figures["engines"][engine] = {**built, "open_ms": opened_ms, **answers(retriever, wanted)}
            if engine == "tantivy":
                figures["event_loop"] = asyncio.run(event_loop(search.BatchingRetriever(retriever), wanted))
    figures["http"] = over_http(folder / "tantivy", wanted)
    latencies = {f"tantivy p{share}": figures["engines"]["tantivy"][f"p{share}_ms"] for share in (50, 95)}
    figures["bars_met"] = {name: latencies[name] <= bar for name, bar in BARS.items()}
    return figures


def build(index: Path, engine: str, count: int) -> dict:
    """Time and disk of a build, without the making of the corpus; nothing of an index that is there already."""
    if not index.exists():
        corpus = list(passages(count))
        begun, cpu = perf_counter(), process_time()
        search.build(corpus, index, engine)
        built = {"build_s": perf_counter() - begun, "build_cpu_s": process_time() - cpu}
    else:
        built = {"build_s": None, "build_cpu_s": None}
    return {**built, "disk_mb": sum(file.stat().st_size for file in index.rglob("*")) / 1e6}


def answers(retriever: search.Retriever, wanted: list[tuple[str, str]]) -> dict:
    """Every query twice, one thread; the second time counts."""
    for _ in range(2):
        wall_ms, cpu_ms, found = [], [], 0
        for query, target in wanted:
            cpu, wall = thread_time(), perf_counter()
            hits = retriever.search(query, TOPK)
            wall_ms.append(1e3 * (perf_counter() - wall))
            cpu_ms.append(1e3 * (thread_time() - cpu))
            found += target in [hit.passage.id for hit in hits]
    return {
        **shares(wall_ms),
        **{f"cpu_{name}": value for name, value in shares(cpu_ms).items()},
        "hit_at_10": found / len(wanted),
    }


async def event_loop(retriever: search.BatchingRetriever, wanted: list[tuple[str, str]]) -> dict:
    """How late the loop's ticks come, while it idles and while many searches are under way."""
    idle_ms = await worst_stall(asyncio.sleep(1))
    begun = perf_counter()

    async def searches() -> None:
        for start in range(ROUNDS):
            asked = [wanted[(start * AT_ONCE + n) % len(wanted)][0] for n in range(AT_ONCE)]
            await asyncio.gather(*(retriever.asearch(query, TOPK) for query in asked))

    stalled_ms = await worst_stall(searches())
    rate = AT_ONCE * ROUNDS / (perf_counter() - begun)
    return {"at_once": AT_ONCE, "worst_stall_ms": stalled_ms, "worst_stall_idle_ms": idle_ms, "searches_per_s": rate}


async def worst_stall(work) -> float:
    task, worst = asyncio.ensure_future(work), 0.0
    while not task.done():
        begun = perf_counter()
        await asyncio.sleep(TICK_S)
        worst = max(worst, perf_counter() - begun - TICK_S)
    await task
    return 1e3 * worst


def over_http(index: Path, wanted: list[tuple[str, str]]) -> dict:
    """Round trips to `gem-gym serve search` in another process on this machine."""
    words = [sys.executable, "-m", "gem", "serve", "search", str(index), "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().split(" at ")[1].split(",")[0]
            return {format: round_trips(url, format, wanted) for format in ("msgpack", "json")}
        finally:
            process.terminate()


def round_trips(url: str, format: str, wanted: list[tuple[str, str]]) -> dict:
    with search.HttpRetriever(url, format=format) as remote:
        figures = answers(remote, wanted)
        begun = perf_counter()
        with ThreadPoolExecutor(CLIENTS) as threads:
            list(threads.map(lambda each: remote.search(each[0], TOPK), wanted))
        return {**figures, f"searches_per_s_of_{CLIENTS}_clients": len(wanted) / (perf_counter() - begun)}


def shares(times_ms: list[float]) -> dict:
    return {f"p{share}_ms": float(np.percentile(times_ms, share)) for share in (50, 95)}


def table(figures: dict) -> str:
    """The figures for people."""
    lines = [f"{figures['passages']:,} passages, {figures['queries']} queries; {figures['machine']}", ""]
    columns = ("build s", "MB", "open ms", "p50 ms", "p95 ms", "cpu p50", "cpu p95", "hit@10")
    lines.append(" " * 14 + "".join(f"{name:>9}" for name in columns))
    for name, row in figures["engines"].items():
        built = "-" if row["build_s"] is None else f"{row['build_s']:.0f}"
        lines.append(f"{name:14}{built:>9}{row['disk_mb']:9.0f}{row['open_ms']:9.1f}{times(row)}")
    for name, row in figures["http"].items():
        lines.append(f"{'http ' + name:14}{'':27}{times(row)}")
    loop = figures["event_loop"]
    late = f"{loop['worst_stall_ms']:.1f} ms at worst (idle: {loop['worst_stall_idle_ms']:.1f} ms)"
    lines += [
        "",
        f"{loop['at_once']} searches at once, {loop['searches_per_s']:.0f}/s: the event loop is late by {late}",
    ]
    lines += [f"{name} <= {BARS[name]:g} ms: {'met' if met else 'MISSED'}" for name, met in figures["bars_met"].items()]
    return "\n".join(lines)


def times(row: dict) -> str:
    """The columns that searches have in common."""
    return "".join(f"{row[name]:9.2f}" for name in LATENCIES) + f"{row['hit_at_10']:9.3f}"


if __name__ == "__main__":
    sys.exit(main())
