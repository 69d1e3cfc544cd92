#!/usr/bin/env python3
"""One register as Parquet in many forms: each codec, one row group or small ones, a folder of a thousand files, sorted by date with one
year asked for; the same figures from each, time and memory, beside peers that read the same files.

    benches/readers/parquet.py                                   1 000 000 rows, Jauge alone
    benches/readers/parquet.py --rows 5000000 --peers polars-fused,duckdb-each

What is not there is built and generated, under `target/readers`; `pip install pyarrow` makes the files. A round runs each program once on
each form, and a ratio is the median over the rounds of peer ÷ Jauge within the round. Exit 1 when figures differ. For Linux and macOS.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benches" / "register"))
import variants  # noqa: E402
from compare import Failed, figures_of, run  # noqa: E402

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PLACE = TARGET / "readers"
REGISTER = ROOT / "benches" / "register"
CODECS = ["snappy", "zstd", "gzip", "lz4", "none"]
# The form, and the arguments of `parquet.py` that make it.
FORMS = {codec: ["--codec", codec, "--group", "250000"] for codec in CODECS}
FORMS |= {"one group": ["--group", "1000000000"], "groups of 10 000": ["--group", "10000"]}
YEAR = "2023"


def built(package):
    """The folder of a package's programs."""
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", package, "--bins"], cwd=ROOT, check=True)
    return TARGET / "release"


def spread(parquet, folder):
    """The rows by year, province and cycle: a file each."""
    code = """
import sys, pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq
from pathlib import Path
table, out = pq.read_table(sys.argv[1]), Path(sys.argv[2])
keys = [pc.cast(pc.year(table["date"]), pa.string()), table["province"], table["cycle"]]
table = table.append_column("file", pc.binary_join_element_wise(*keys, "/")).sort_by("file")
names = table["file"].to_pylist()
table = table.drop_columns("file")
start = 0
for at in range(1, len(names) + 1):
    if at == len(names) or names[at] != names[start]:
        path = out / (names[start] + ".parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table.slice(start, at - start), path)
        start = at
"""
    subprocess.run([sys.executable, "-c", code, parquet, folder], check=True)


def by_date(parquet, out):
    code = """
import sys, pyarrow.parquet as pq
pq.write_table(pq.read_table(sys.argv[1]).sort_by("date"), sys.argv[2], row_group_size=100_000)
"""
    subprocess.run([sys.executable, "-c", code, parquet, out], check=True)


def forms(rows):
    """Each form, with its path, what Jauge is asked besides, and whether all figures are asked for."""
    PLACE.mkdir(parents=True, exist_ok=True)
    csv = PLACE / f"register-{rows}.csv"
    if not csv.exists():
        subprocess.run([built("jauge-benches") / "register-data", csv, "--rows", str(rows)], check=True)
    made = {}
    for name, arguments in FORMS.items():
        path = PLACE / f"register-{rows}-{name.replace(' ', '-')}.parquet"
        if not path.exists():
            subprocess.run([sys.executable, REGISTER / "parquet.py", csv, path, *arguments], check=True)
        made[name] = (path, [])
    folder = PLACE / f"register-{rows}-folder"
    if not folder.exists():
        spread(made["snappy"][0], folder)
    made[f"{sum(1 for _ in folder.rglob('*.parquet'))} files"] = (folder, [])
    sorted_ = PLACE / f"register-{rows}-by-date.parquet"
    if not sorted_.exists():
        by_date(made["snappy"][0], sorted_)
    made["sorted by date"] = (sorted_, [])
    made[f"sorted by date, {YEAR} asked"] = (sorted_, ["--period", YEAR])
    made[f"in any order, {YEAR} asked"] = (made["snappy"][0], ["--period", YEAR])
    return made


def project(path):
    """The fifty indicators over a file or a folder."""
    place = variants.write_project(PLACE / f"project-{path.name}", "fifty", path)
    if path.is_dir():
        file = place / "register.jauge"
        file.write_text(file.read_text(encoding="utf-8").replace(f'"{path.name}"', f'"{path.name}/"'), encoding="utf-8")
    return place


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--peers", default="", help="of benches/register/peers.py; on each form of all rows")
    parser.add_argument("--jauge", type=Path, help="the binary to measure (default: this repository's, built now)")
    given = parser.parse_args()
    jauge = given.jauge or built("jauge-cli") / "jauge"
    peers = [peer for peer in given.peers.split(",") if peer]
    made, runs, said = forms(given.rows), {}, {}
    threads = ["--threads", str(given.threads)]
    environment = {"POLARS_MAX_THREADS": str(given.threads)}
    try:
        for _ in range(given.repetitions):
            for name, (path, more) in made.items():
                said[name] = out = PLACE / f"figures-{name.replace(' ', '-')}.csv"
                command = [jauge, "eval", project(path), "--lang", "en", "--format", "csv", "-o", out, *threads, *more]
                runs.setdefault((name, "jauge"), []).append(run(command))
                for peer in peers if not more else []:
                    data = f"{path}/**/*.parquet" if path.is_dir() else str(path)
                    command = [sys.executable, REGISTER / "peers.py", peer, data, *threads, "--cells", PLACE / "cells"]
                    runs.setdefault((name, peer), []).append(run(command, environment))
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    print("| | MB | wall, s | processor, s | peak, MB |" + "".join(f" {peer}: wall ÷, processor ÷ |" for peer in peers))
    print("|---|---|---|---|---|" + "---|" * len(peers))
    for name, (path, _) in made.items():
        files = path.rglob("*.parquet") if path.is_dir() else [path]
        mine = runs[(name, "jauge")]
        line = f"| {name} | {sum(file.stat().st_size for file in files) / 1e6:.0f} "
        line += "".join(f"| {median(one[what] for one in mine):.{digits}f} " for what, digits in (("wall", 2), ("cpu", 2), ("peak_mb", 0)))
        for peer in peers:
            pairs = list(zip(runs.get((name, peer), []), mine))
            ratio = lambda what: f"{median(other[what] / own[what] for other, own in pairs):.1f}" if pairs else ""
            line += f"| {ratio('wall')}, {ratio('cpu')} " if pairs else "| "
        print(line + "|")
    # Read at the end, because a child's peak is at least that of this process.
    found, differ = {name: figures_of(path) for name, path in said.items()}, []
    for name, (_, more) in made.items():
        whole = found["snappy"]
        wanted = [one for one in whole if one["period"] == YEAR] if more else whole
        if found[name] != wanted or not wanted:
            differ.append(name)
    for name in differ:
        print(f"figures from {name} differ", file=sys.stderr)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
