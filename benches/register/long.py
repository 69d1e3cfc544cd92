#!/usr/bin/env python3
"""Memory against rows, up to a hundred million: without distinct people it must not grow, and the figures must be right.

    benches/register/long.py                        10, 30 and 100 million rows, Parquet and CSV
    benches/register/long.py --rows 1000000,10000000 --format parquet

A long register is a folder of hard links to one file, so that the disk holds it once: its counts and sums are those of the file so many
times over, and its averages and quotients are the same. Exit 1 where they are not, or where the peak grows beyond its bound: that of one file
and a quarter for Parquet; twice and a quarter for CSV, because the allocator keeps some buffers of files that were read. For Linux and macOS.
"""

import argparse
import csv
import json
import os
import shutil
import sys
from fractions import Fraction
from pathlib import Path

import variants
from compare import PLACE, Failed, build, machine, register, run

WORK = "without-distinct"
# Files are opened one after the other; what a list of them takes is none of the rows'.
GROWTH, SLACK_MB = 1.25, 8


def project(data, times):
    """The project over a folder in which a file stands so many times."""
    folder = PLACE / f"long-{data.suffix[1:]}-{data.stem}-{times}"
    if not folder.exists():
        unfinished = folder.with_suffix(".tmp")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        for at in range(times):
            os.link(data, unfinished / f"part-{at:03d}{data.suffix}")
        unfinished.rename(folder)
    place = variants.write_project(PLACE / f"project-{WORK}-{folder.name}", WORK, folder)
    file = place / "register.jauge"
    file.write_text(file.read_text(encoding="utf-8").replace(f'"{folder.name}"', f'"{folder.name}/"'), encoding="utf-8")
    return place


def figures(path):
    """The exact figures: value, numerator and denominator by indicator and cell."""
    place = ("indicator", "period", "region", "province", "sex", "nationality", "age_band", "cycle", "school_year", "file_status")
    parts = ("value_exact", "numerator", "denominator")
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            # A fraction begins with an apostrophe, so that a spreadsheet does not take it for a date.
            yield tuple(row[name] for name in place), [Fraction(row[part].lstrip("'")) if row[part] else None for part in parts]


def differing(one, many, times):
    """How many cells of the long register are not what those of the file tell, and how many there are."""
    wanted, wrong, count = dict(figures(one)), 0, 0
    for cell, (value, numerator, denominator) in figures(many):
        before = wanted.pop(cell, [None] * 3)
        again = [part and part * times for part in before]
        same = value == (again[0] if denominator is None else before[0])
        wrong += not (same and [numerator, denominator] == again[1:])
        count += 1
    return wrong + len(wanted), count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="10000000,30000000,100000000", help="multiples of --file-rows")
    parser.add_argument("--file-rows", type=int, default=5_000_000, help="rows of the file that is repeated")
    parser.add_argument("--format", choices=["csv", "parquet"], help="both where it is not given")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--jauge", type=Path, help="the binary to measure (default: this repository's, built now)")
    parser.add_argument("--json", type=Path, help="write every run there")
    given = parser.parse_args()
    jauge = build(given.jauge)
    results, failed = [], False
    print("| | rows | wall, s | processor, s | peak, MB | cells that differ |\n|---|---|---|---|---|---|")
    for form in [given.format] if given.format else ["parquet", "csv"]:
        data = register(given.file_rows, 2026, form)
        peaks, first = [], None
        for rows in [given.file_rows] + [int(rows) for rows in given.rows.split(",")]:
            times = rows // given.file_rows
            out = PLACE / f"long-figures-{times}.csv"
            command = [jauge, "eval", project(data, times), "--lang", "en", "--format", "csv", "-o", out]
            try:
                one = run([*command, "--threads", str(given.threads)])
            except Failed as problem:
                print(problem, file=sys.stderr)
                return 1
            first = first or out
            wrong, count = differing(first, out, times)
            failed |= wrong > 0
            peaks.append(one["peak_mb"])
            results.append({"form": form, "rows": rows, **one, "cells_compared": count, "cells_differing": wrong})
            shown = f"| {form} | {rows:,} | {one['wall']:.1f} | {one['cpu']:.1f} | {one['peak_mb']:.0f} | {wrong} of {count:,} |"
            print(shown.replace(",", " "), flush=True)
        if max(peaks) > GROWTH * peaks[0] + SLACK_MB:
            print(f"{form}: the peak grows with the rows: {peaks}", file=sys.stderr)
            failed = True
    if given.json:
        given.json.write_text(json.dumps({"machine": machine(), "results": results}, indent=1) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
