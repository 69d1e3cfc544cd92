#!/usr/bin/env python3
"""Writes data/pupils.csv: a synthetic register, seeded, describing nobody."""
import csv
import datetime
import pathlib
import random

random.seed(2026)
OUT = pathlib.Path(__file__).parent / "data" / "pupils.csv"
with OUT.open("w", newline="", encoding="utf-8") as out:
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["pupil", "enrolled_on", "sex", "district", "age", "passed"])
    for number in range(1, 401):
        day = datetime.date(2023, 9, 1) + datetime.timedelta(days=random.randrange(0, 700))
        age = random.randint(4, 18)
        rows.writerow([
            f"P{number:04d}",
            day.isoformat(),
            random.choice("FM"),
            random.choice(["D1", "D2", "D3", ""]),
            age,
            random.choice(["yes", "yes", "no", ""]),
        ])
