#!/usr/bin/env python3
"""Jauge and the peers side by side over one register: the same fifty indicators, every cell compared, time and memory.

    benches/register/compare.py                                    5 000 000 rows of CSV, every peer that is installed
    benches/register/compare.py --rows 100000 --peers sqlite       needs nothing but Python and Rust
    benches/register/compare.py --format parquet --rows 10000000 --repetitions 5 --json results.json

What is not there is built and generated, under `target/register`. Each run is a process of its own, start included; a round runs
Jauge and every peer once, and a ratio is the median over the rounds of peer ÷ Jauge within the round, so that what else the
machine does weighs on both. Exit 1 when a cell differs or a run fails, 2 on wrong use. For Linux and macOS.
"""

import argparse
import csv
import json
import os
import platform
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import variants

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PLACE = TARGET / "register"
# What each peer imports; `peers.py` says what it does.
PEERS = {
    "duckdb-each": ["duckdb"],
    "duckdb-fused": ["duckdb"],
    "polars-fused": ["polars"],
    "polars-each": ["polars"],
    "pandas": ["pandas", "pyarrow"],
    "decode": ["pyarrow"],
    "sqlite": ["sqlite3"],
}
# Too slow, or too hungry, for long registers: only when asked for.
ON_DEMAND = {"pandas", "sqlite"}


class Failed(Exception):
    """A run that ended badly, with what it said."""


def run(command, environment=None):
    """Seconds of the clock, seconds of processor, megabytes at the peak, of one process from start to end.

    The peak of a child is at least this process's own, some 15 MB, so nothing big may be imported or read here.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
    ) as child:
        said = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise Failed(f"{' '.join(map(str, command))}\nexit {child.returncode}: {said.decode(errors='replace')[-2000:]}")
    peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {"wall": time.perf_counter() - started, "cpu": usage.ru_utime + usage.ru_stime, "peak_mb": peak}


def build(jauge):
    """The binary to measure, built unless it is given, with the generator."""
    packages = ["-p", "jauge-benches"] + ([] if jauge else ["-p", "jauge-cli"])
    subprocess.run(["cargo", "build", "--quiet", "--release", *packages, "--bins"], cwd=ROOT, check=True)
    return jauge or TARGET / "release" / "jauge"


def register(rows, seed, form="csv", wide=False):
    """The path of the register, generated when absent."""
    PLACE.mkdir(parents=True, exist_ok=True)
    path = PLACE / f"register-{rows}-{seed}{'-wide' if wide else ''}.csv"
    if not path.exists():
        generator = TARGET / "release" / "register-data"
        subprocess.run([generator, path, "--rows", str(rows), "--seed", str(seed), *["--wide"] * wide], check=True)
    if form == "csv":
        return path
    columnar = path.with_suffix(".parquet")
    if not columnar.exists():
        subprocess.run([sys.executable, HERE / "parquet.py", path, columnar], check=True)
    return columnar


def figures_of(path):
    """The lines of a CSV of figures, without what says where they were read: the same figures from other files are equal."""
    with open(path, encoding="utf-8", newline="") as file:
        return [{name: text for name, text in row.items() if name not in ("rows_read", "file")} for row in csv.DictReader(file)]


def compare(figures, cells, work):
    """How many cells were compared and how many differ."""
    answer = subprocess.run([sys.executable, HERE / "cells.py", figures, cells, work], capture_output=True, text=True)
    if answer.stderr:
        print(answer.stderr, file=sys.stderr, end="")
    if not answer.stdout:
        return 0, 1
    compared, differing = answer.stdout.split()
    return int(compared), int(differing)


def measure(given, data):
    """Rounds of every runner; the cells that the last round left."""
    place = variants.write_project(PLACE / f"project-{given.work}-{data.name}", given.work, data)
    figures = PLACE / "figures.csv"
    commands = {
        "jauge": [given.jauge, "eval", place, "--lang", "en", "--format", "csv", "-o", figures, "--threads", str(given.threads)]
    }
    for peer in given.peers:
        commands[peer] = [sys.executable, HERE / "peers.py", peer, data, "--threads", str(given.threads), "--work", given.work]
        commands[peer] += ["--cells", PLACE / f"cells-{peer}"] if peer != "decode" else []
        commands[peer] += ["--communes", place / "communes.csv"] if given.work == "lookups" else []
        commands[peer] += ["--from-file"] if given.from_file and peer.startswith("duckdb") else []
    environment = {"POLARS_MAX_THREADS": str(given.threads)}
    runs, first = {name: [] for name in commands}, None
    for turn in range(given.repetitions):
        for name, command in commands.items():
            runs[name].append(run(command, environment))
            print(f"round {turn + 1}: {name} {runs[name][-1]['wall']:.2f} s", file=sys.stderr)
        first = first or figures.read_bytes()
        if figures.read_bytes() != first:
            raise Failed("two runs of Jauge did not write the same bytes")
    checked = {peer: compare(figures, PLACE / f"cells-{peer}", given.work) for peer in given.peers if peer != "decode"}
    return runs, checked


def summary(runs, checked):
    """One line for each runner: medians, and the medians of the ratios within rounds."""
    lines = []
    for name, mine in runs.items():
        line = {"name": name, "runs": mine}
        for what in ("wall", "cpu", "peak_mb"):
            line[what] = median(one[what] for one in mine)
            line[f"{what}_ratio"] = median(one[what] / jauge[what] for one, jauge in zip(mine, runs["jauge"]))
        if name in checked:
            line["cells_compared"], line["cells_differing"] = checked[name]
        lines.append(line)
    return lines


def machine():
    try:
        names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    except OSError:
        names = []
    versions = {}
    for name in ("duckdb", "polars", "pandas", "pyarrow"):
        if find_spec(name):
            code = f"import {name}; print({name}.__version__)"
            versions[name] = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
    }


def table(lines):
    """The summary as Markdown."""
    shown = ["| | wall, s | processor, s | peak, MB | wall ÷ Jauge | processor ÷ Jauge | peak ÷ Jauge | cells that differ |"]
    shown.append("|---|---|---|---|---|---|---|---|")
    for line in lines:
        cells = f"{line['cells_differing']} of {line['cells_compared']}" if "cells_compared" in line else ""
        shown.append(
            f"| {line['name']} | {line['wall']:.2f} | {line['cpu']:.2f} | {line['peak_mb']:.0f} | {line['wall_ratio']:.2f} "
            f"| {line['cpu_ratio']:.2f} | {line['peak_mb_ratio']:.2f} | {cells} |"
        )
    return "\n".join(shown)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--data", type=Path, help="a register with these columns, instead of a generated one")
    parser.add_argument("--peers", help=f"among {', '.join(PEERS)}; or none (default: what is installed, without {ON_DEMAND})")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", default="fifty", help="other work, by a name of variants.py, such as without-distinct")
    parser.add_argument("--from-file", action="store_true", help="DuckDB reads the CSV for each query, instead of a table first")
    parser.add_argument("--jauge", type=Path, help="the binary to measure (default: this repository's, built now)")
    parser.add_argument("--json", type=Path, help="write every run there")
    given = parser.parse_args()
    if given.peers is None:
        given.peers = [name for name, needs in PEERS.items() if name not in ON_DEMAND and all(map(find_spec, needs))]
    else:
        given.peers = [name for name in given.peers.split(",") if name != "none"]
    for name in given.peers:
        if name not in PEERS:
            parser.error(f"no peer is called {name}")
        missing = [module for module in PEERS[name] if not find_spec(module)]
        if missing:
            parser.error(f"{name} needs the Python package {', '.join(missing)}: pip install {' '.join(missing)}")
    if "sqlite" in given.peers and given.format == "parquet":
        parser.error("sqlite reads CSV only")
    return given


def main():
    given = arguments()
    if not (given.jauge and given.data):
        given.jauge = build(given.jauge)
    variants.indicators(given.work)
    data = given.data.resolve() if given.data else register(given.rows, given.seed, given.format, variants.wide(given.work))
    before = os.getloadavg()[0]
    try:
        runs, checked = measure(given, data)
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    lines = summary(runs, checked)
    about = machine()
    print(f"{data.name}, {data.stat().st_size / 1e6:.0f} MB; {given.threads} threads of {about['cores']} cores ({about['processor']});")
    print(f"{given.repetitions} rounds, medians; load {before:.1f} before, {os.getloadavg()[0]:.1f} after; {about['versions']}\n")
    print(table(lines))
    if given.json:
        settings = {name: str(value) if isinstance(value, Path) else value for name, value in vars(given).items()}
        load = {"before": before, "after": os.getloadavg()[0]}
        given.json.write_text(json.dumps({"machine": about, "load": load, "settings": settings, "results": lines}, indent=1) + "\n")
    return 1 if any(line.get("cells_differing") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
