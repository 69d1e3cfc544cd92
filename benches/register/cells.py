"""The cells of Jauge against those of a peer, exactly: counts, sums, both parts of every average and quotient, and the quotient.

    python3 cells.py FIGURES.csv CELLS [WORK]      prints what differs, and how many cells were compared; exit 1 when any differs

Jauge names every member of a list, also where no row is; SQL names only what it met. What a peer lacks is therefore a count of
0 and a sum that is missing, and everything that it has must be found in Jauge.
"""

import csv
import sys
from fractions import Fraction

import variants

# Groups whose texts in the data are the labels of the members; elsewhere they are the codes.
BY_LABEL = {"region", "province", "school_year"}
GROUPS = ["region", "sex", "age_band", "nationality", "province", "cycle", "school_year", "status", "commune", "zone", "kind"]
SHOWN = 10


def read_peer(path):
    cells = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            code, year, group, member, first, second = line.rstrip("\n").split("\t")
            figures = [None if figure == "\\N" else Fraction(figure) for figure in (first, second)]
            key = code, year, group, None if member == "\\N" else member
            assert key not in cells, f"a cell twice: {key}"
            cells[key] = figures
    return cells


def read_jauge(path):
    """Key → row of the CSV."""
    cells = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            inside = [group for group in GROUPS if row.get(variants.dimension(group), "_T") != "_T"]
            assert len(inside) <= 1, f"a cell of two groups: {row}"
            group, member = "", None
            for group in inside:
                dimension = variants.dimension(group)
                known = row[dimension] != "_U"
                member = row[f"{dimension}_label" if group in BY_LABEL else dimension] if known else None
            key = row["code"], row["period"], group, member
            assert key not in cells, f"a cell twice: {key}"
            cells[key] = row
    return cells


def exact(text):
    """A number of the CSV; a fraction begins with an apostrophe, so that a spreadsheet does not take it for a date."""
    return Fraction(text.lstrip("'")) if text else None


def expected(indicator, figures):
    """Value, numerator and denominator as they must be; None where there is no number."""
    parts = [
        figure if figure is not None or measure.takes == "sum" else Fraction(0)
        for measure, figure in zip(indicator.measures, figures)
    ]
    if len(parts) == 1:
        return parts[0], None, None
    numerator, denominator = parts
    value = numerator / denominator if denominator and numerator is not None else None
    if value is not None and indicator.kind == "quotient" and indicator.measures[0].takes == "rows":
        value *= 100
    return value, numerator, denominator


def compare(jauge, peer, work):
    """Differences as text, and the number of cells compared."""
    indicators = {indicator.code: indicator for indicator in work}
    differences = [f"not in Jauge: {key} {figures}" for key, figures in peer.items() if key not in jauge and any(figures)]
    for key, row in jauge.items():
        value, numerator, denominator = expected(indicators[key[0]], peer.get(key, [None, None]))
        found = exact(row["value_exact"])
        parts = exact(row["numerator"]), exact(row["denominator"])
        if indicators[key[0]].kind == "average" and value is None:
            parts = numerator, denominator  # an average of nothing has no parts in the CSV
        if (found, *parts) != (value, numerator, denominator):
            differences.append(f"{key}: Jauge {found} = {parts[0]} / {parts[1]}, peer {value} = {numerator} / {denominator}")
    return differences, len(jauge)


def main():
    work = variants.indicators(sys.argv[3] if len(sys.argv) > 3 else "fifty")
    differences, compared = compare(read_jauge(sys.argv[1]), read_peer(sys.argv[2]), work)
    for line in differences[:SHOWN]:
        print(line, file=sys.stderr)
    print(f"{compared} {len(differences)}")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
