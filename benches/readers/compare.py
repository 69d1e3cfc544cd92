#!/usr/bin/env python3
"""One register in every form that Jauge reads: CSV, gzip, zstd, zip, workbook; the same figures from each, time and memory.

    benches/readers/compare.py                       1 000 000 rows; the workbook has 200 000
    benches/readers/compare.py --rows 100000 --repetitions 5

What is not there is built and generated, under `target/readers`. Jauge computes the fifty indicators of `benches/register`. Peers
only read the workbook into a table (`pip install pandas openpyxl polars fastexcel`); those that are not installed are left out.
A round runs each once, and ratios are medians within rounds. Exit 1 when figures differ. For Linux and macOS.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PLACE = TARGET / "readers"
SHEET_ROWS = 200_000
PEERS = {
    "pandas + openpyxl": (["pandas", "openpyxl"], "import pandas; print(len(pandas.read_excel({path!r}, engine='openpyxl')))"),
    "fastexcel": (["fastexcel", "polars"], "import polars; print(len(polars.read_excel({path!r}, engine='calamine')))"),
}


def run(command, out=subprocess.PIPE):
    """Seconds of the clock, seconds of processor, megabytes at the peak, of one process from start to end."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as child:
        said = child.stdout.read() if child.stdout else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"{command}: {said.decode(errors='replace')}")
    peak = usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, peak


def made(path, *command):
    if not path.exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        subprocess.run(command, check=True)
    return path


def project(name, data):
    """The indicators of the register over another file."""
    folder = PLACE / name.replace(" ", "-")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in (ROOT / "benches/register").glob("*.jauge"):
        text = file.read_text(encoding="utf-8").replace('"register.csv"', f'"{data}"')
        (folder / file.name).write_text(text, encoding="utf-8")
    return folder


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--repetitions", type=int, default=3)
    asked = arguments.parse_args()
    subprocess.run(["cargo", "build", "--release", "-p", "jauge-cli", "-p", "jauge-benches"], cwd=ROOT, check=True)
    binary = lambda name: str(TARGET / "release" / name)
    csv = lambda rows: made(PLACE / f"{rows}.csv", binary("register-data"), str(PLACE / f"{rows}.csv"), "--rows", str(rows))
    sheet_rows = min(asked.rows, SHEET_ROWS)
    PLACE.mkdir(parents=True, exist_ok=True)
    long, short = csv(asked.rows), csv(sheet_rows)
    packed = lambda path, end: made(path.with_suffix(end), binary("readers-data"), str(path), str(path.with_suffix(end)))
    forms = {"CSV": long, "gzip": packed(long, ".csv.gz"), "zstd": packed(long, ".csv.zst"), "zip": packed(long, ".zip")}
    sheets = {"short CSV": short, "workbook": packed(short, ".xlsx")}
    runs, outputs = {}, {}
    for name, path in {**forms, **sheets}.items():
        output = PLACE / f"{name}.out"
        command = [binary("jauge"), "eval", str(project(name, path)), "--format", "csv", "-o", str(output)]
        runs[name], outputs[name] = command, output
    for name, (modules, code) in PEERS.items():
        if all(find_spec(module) for module in modules):
            runs[name] = [sys.executable, "-c", code.format(path=str(sheets["workbook"]))]
        else:
            print(f"{name}: not installed")
    rounds = [{name: run(command) for name, command in runs.items()} for _ in range(asked.repetitions)]
    print(f"{asked.rows} rows; workbook: {sheet_rows} rows of 16 columns; medians of {asked.repetitions} rounds\n")
    print(f"{'':20}{'MB':>8}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}   ratio of wall")
    for name in runs:
        base = "workbook" if name in PEERS else "short CSV" if name in sheets else "CSV"
        wall, cpu, peak = (median(one[name][at] for one in rounds) for at in range(3))
        ratio = median(one[name][0] / one[base][0] for one in rounds)
        path = {**forms, **sheets}.get(name)
        size = f"{path.stat().st_size / 1e6:.1f}" if path else ""
        print(f"{name:20}{size:>8}{wall:9.2f}{cpu:9.2f}{peak:9.0f}   {ratio:.2f} × {base}")
    wrong = 0
    for group in (forms, sheets):
        # The figures say in which folder their definitions are.
        texts = {name: outputs[name].read_text(encoding="utf-8").replace(f"/{name.replace(' ', '-')}/", "/") for name in group}
        first, *others = texts
        for name in others:
            if texts[name] != texts[first]:
                print(f"{name}: other figures than {first}")
                wrong = 1
    print("the figures are the same in every form" if not wrong else "")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
