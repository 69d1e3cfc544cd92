#!/usr/bin/env python3
"""What Jauge costs against rows, indicators, numbers of distinct people and threads, and what kinds of work cost beside each other.

    benches/register/curves.py                       up to 10 000 000 rows, CSV; prints tables, draws docs/speed/*.svg with --draw
    benches/register/curves.py --rows 1000000 --only distinct,threads
    benches/register/curves.py --long                rows up to 100 000 000

Each point is the best of `--repetitions` whole processes: others of the machine only ever add to it. A curve is linear when its
`per …` column stays level.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import compare
import variants
from compare import PLACE, register, run

SEED = 2026
DISTINCT = (0, 1, 2, 5, 10, 15, 20)
INDICATORS = (50, 100, 250, 1000)
KINDS = ("filters-60", "filters-120", "filters-1100", "or", "columns", "lookups", "text-keys", "communes")


def point(given, work, data, threads):
    """The best wall, processor and peak of some runs."""
    place = variants.write_project(PLACE / f"project-{work}-{data.name}", work, data)
    command = [given.jauge, "eval", place, "--lang", "en", "--format", "csv", "-o", PLACE / "curve.csv", "--threads", str(threads)]
    runs = [run(command) for _ in range(given.repetitions)]
    best = {what: min(one[what] for one in runs) for what in ("wall", "cpu", "peak_mb")}
    print(f"{work}, {data.name}, {threads} threads: {best['wall']:.2f} s", file=sys.stderr)
    return best


def table(title, unit, points):
    """A curve as Markdown: `points` are (amount, what per, point)."""
    print(f"\n| {title} | wall, s | processor, s | peak, MB | {unit} |\n|---|---|---|---|---|")
    for name, per, one in points:
        print(f"| {name} | {one['wall']:.2f} | {one['cpu']:.2f} | {one['peak_mb']:.0f} | {per} |")


def by_rows(given):
    amounts = [rows for rows in (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000) if rows <= given.rows]
    amounts += [30_000_000, 100_000_000] if given.long else []
    answer = []
    for work in ("without-distinct", "fifty"):
        points = []
        for rows in amounts:
            data = register(rows, SEED, given.format)
            points.append((rows, point(given, work, data, given.threads)))
            if rows > 10_000_000:
                data.unlink()
        shown = [(f"{rows:,}", f"{one['cpu'] / rows * 1e6:.2f}", one) for rows, one in points]
        table(f"rows ({work})", "processor s per million rows", shown)
        answer.append((work, points))
    return answer


def by_indicators(given):
    data, answer = register(given.rows, SEED, given.format), []
    for work in ("indicators", "all-indicators"):
        points = [(number, point(given, f"{work}-{number}", data, given.threads)) for number in INDICATORS]
        first = points[0][1]["cpu"]
        table(f"indicators ({work}-N)", "processor ÷ that of 50", [(n, f"{one['cpu'] / first:.2f}", one) for n, one in points])
        answer.append((work, points))
    return answer


def by_distinct(given):
    data = register(given.rows, SEED, given.format)
    points = [(number, point(given, f"distinct-{number}", data, given.threads)) for number in DISTINCT]
    none = points[0][1]["cpu"]
    more = [(number, f"{(one['cpu'] - none) / number:.2f}" if number else "", one) for number, one in points]
    table("numbers of distinct people beside 45 indicators", "processor s per number", more)
    return [("distinct", points)]


def by_threads(given):
    data, answer = register(given.rows, SEED, given.format), []
    for work in ("without-distinct", "fifty"):
        points = [(threads, point(given, work, data, threads)) for threads in sorted({1, 2, os.cpu_count() or 1})]
        one = points[0][1]["wall"]
        table(f"threads ({work})", "times as fast as one", [(n, f"{one / each['wall']:.2f}", each) for n, each in points])
        answer.append((work, points))
    return answer


def by_kind(given):
    rows = min(given.rows, 1_000_000)
    points = []
    for work in KINDS:
        data = register(rows, SEED, given.format, variants.wide(work))
        points.append((work, point(given, work, data, given.threads)))
    first = points[0][1]["cpu"]
    table(f"kind of work ({rows:,} rows)", f"processor ÷ {KINDS[0]}", [(n, f"{one['cpu'] / first:.2f}", one) for n, one in points])
    return [("kinds", points)]


def drawing(title, across, series):
    """A curve as SVG: processor seconds from zero upwards, both axes linear."""
    wide, high, left, low = 640, 360, 60, 50
    most_x = max(amount for _, points in series for amount, _ in points)
    most_y = max(one["cpu"] for _, points in series for _, one in points) * 1.05
    x = lambda amount: left + (wide - left - 20) * amount / most_x
    y = lambda seconds: high - low - (high - low - 40) * seconds / most_y
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12">',
        f'<rect width="{wide}" height="{high}" fill="white"/>',
        f'<text x="{left}" y="22" font-size="14">{title}</text>',
        f'<path d="M{left} 36V{high - low}H{wide - 20}" fill="none" stroke="black"/>',
        f'<text x="{(left + wide) / 2:.0f}" y="{high - 12}" text-anchor="middle">{across}</text>',
    ]
    for part in range(5):
        amount, seconds = most_x * part / 4, most_y * part / 4
        parts.append(f'<text x="{x(amount):.0f}" y="{high - low + 16}" text-anchor="middle">{amount:,.0f}</text>'.replace(",", " "))
        parts.append(f'<text x="{left - 6}" y="{y(seconds) + 4:.0f}" text-anchor="end">{seconds:.2f}</text>')
        parts.append(f'<path d="M{left} {y(seconds):.0f}H{wide - 20}" stroke="#ddd"/>' if part else "")
    for at, (name, points) in enumerate(series):
        colour = ("#1f5fa8", "#b8461b")[at % 2]
        path = " ".join(f"{x(amount):.1f},{y(one['cpu']):.1f}" for amount, one in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x(n):.1f}" cy="{y(one["cpu"]):.1f}" r="3" fill="{colour}"/>' for n, one in points]
        parts.append(f'<text x="{left + 12}" y="{56 + 18 * at}" fill="{colour}">{name}</text>')
    return "\n".join(part for part in parts if part) + "\n</svg>\n"


CURVES = {"rows": by_rows, "indicators": by_indicators, "distinct": by_distinct, "threads": by_threads, "kinds": by_kind}
DRAWN = {
    "rows": ("Processor seconds against rows", "rows"),
    "distinct": ("Processor seconds against numbers of distinct people", "numbers of distinct people, beside 45 indicators"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000, help="the most rows, and those of the other curves")
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--only", default=",".join(CURVES), help=f"among {', '.join(CURVES)}")
    parser.add_argument("--long", action="store_true", help="30 and 100 million rows too")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--draw", type=Path, help="a folder for the drawings")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--jauge", type=Path, help="the binary to measure (default: this repository's, built now)")
    given = parser.parse_args()
    wanted = given.only.split(",")
    for name in wanted:
        if name not in CURVES:
            parser.error(f"no curve is called {name}")
    given.jauge = compare.build(given.jauge)
    measured = {}
    try:
        for name in wanted:
            measured[name] = CURVES[name](given)
            if given.draw and name in DRAWN:
                given.draw.mkdir(parents=True, exist_ok=True)
                (given.draw / f"{name}.svg").write_text(drawing(*DRAWN[name], measured[name]), encoding="utf-8")
    except compare.Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    if given.json:
        given.json.write_text(json.dumps({"machine": compare.machine(), "curves": measured}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
