"""One peer, one run, in its own process: computes the fifty indicators over a register and writes its cells.

    python3 peers.py PEER DATA [--cells OUT] [--threads 2] [--work NAME] [--communes CSV]

A cell is a line: indicator, year, group, member, first and second figure, separated by tabs; `\\N` is a figure or a member that is
missing, and a group left empty is the total. Amounts are exact decimals for every peer but pandas, which has none.
"""

import argparse
import csv
from decimal import Decimal

import variants
import work as W

# What a commune is, to be joined to the rows: only DuckDB and Polars do it.
COMMUNES = None
TEXTS = ["region", "province", "sex", "nationality", "status", "school_year", "cycle"]


class Cells:
    """The cells of one run."""

    def __init__(self):
        self.lines = []

    def add(self, indicator, year, group, member, figures):
        first, second = (list(figures) + [None])[:2]
        line = [indicator.code, year, group or "", member, first, second]
        self.lines.append("\t".join("\\N" if value is None else str(value) for value in line))

    def write(self, path):
        with open(path, "w", encoding="utf-8") as out:
            out.write("\n".join(self.lines) + "\n")


def duckdb_relation(data, threads, load):
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads={threads}")
    # Without the type, DuckDB takes amounts as floats, which add up to other figures.
    file = f"'{data}'" if data.endswith(".parquet") else f"read_csv('{data}', types={{'amount': 'DECIMAL(12,2)'}})"
    if COMMUNES:
        file = f"(SELECT * FROM {file} AS rows LEFT JOIN '{COMMUNES}' AS communes ON rows.commune = communes.code)"
    if load:
        connection.execute(f"CREATE TABLE register AS SELECT * FROM {file}")
        return connection, "register"
    return connection, file


def duckdb_each(data, work, threads, cells, load):
    """One query of GROUPING SETS for each indicator."""
    connection, table = duckdb_relation(data, threads, load)
    for indicator in work:
        n = len(indicator.groups)
        for row in connection.execute(W.query_of_sets(indicator, table)).fetchall():
            at = next((at for at in range(n) if row[1 + n + at] == 0), None)
            group, member = (indicator.groups[at], row[1 + at]) if at is not None else (None, None)
            cells.add(indicator, row[0], group, member, row[1 + 2 * n :])


def duckdb_fused(data, work, threads, cells, load):
    """One query for each grouping, with a FILTER for each measure: what a person would write to be fast."""
    connection, table = duckdb_relation(data, threads, load)
    for group in [None] + W.groups(work):
        wanted, places = W.fused(work, group)
        for row in connection.execute(W.query_of_all(places, group, table)).fetchall():
            for indicator in wanted:
                cells.add(indicator, row[0], group, row[1], [row[2 + places[measure]] for measure in indicator.measures])


def polars_frame(data):
    import polars as pl

    if data.endswith(".parquet"):
        frame = pl.scan_parquet(data)
    else:
        frame = pl.scan_csv(data, try_parse_dates=True, schema_overrides={"amount": pl.Decimal(12, 2)})
    if COMMUNES:
        frame = frame.join(pl.scan_csv(COMMUNES), left_on="commune", right_on="code", how="left")
    band, below = None, pl.col("age")
    for bound, name in W.AGE_BANDS:
        test = below < bound if bound else below >= 60
        band = (pl if band is None else band).when(test).then(pl.lit(name))
    return pl, frame.with_columns(pl.col("date").dt.year().alias("year"), band.alias("age_band"))


def polars_condition(pl, one):
    column, how, *rest = one
    value = Decimal(rest[0]) if column == "amount" and rest else rest[0] if rest else None
    column = pl.col(column) if column else None
    return {
        "yes": lambda: column,
        "known": lambda: column.is_not_null(),
        "in": lambda: column.is_in(list(value)),
        "between": lambda: column.is_between(*value),
        "=": lambda: column == value,
        "<>": lambda: column != value,
        "<": lambda: column < value,
        ">=": lambda: column >= value,
        "or": lambda: pl.any_horizontal([polars_condition(pl, other) for other in value]),
        "before": lambda: column < pl.col(value),
    }[how]()


def polars_conditions(pl, measure):
    every = None
    for one in measure.conditions:
        one = polars_condition(pl, one)
        every = one if every is None else every & one
    return every


def polars_measure(pl, measure, filtered=True):
    every = polars_conditions(pl, measure) if filtered else None
    if measure.takes == "rows":
        return pl.len() if every is None else every.sum()
    column = pl.col(measure.column) if every is None else pl.col(measure.column).filter(every)
    if measure.takes == "sum":
        # The sum of nothing is 0 in Polars, and missing in SQL and in Jauge.
        return pl.when(column.count() > 0).then(column.sum())
    return {"values": column.count, "distinct": column.n_unique}[measure.takes]()


def polars_fused(data, work, threads, cells, load):
    """One frame for each grouping, collected together so that the file is read once."""
    pl, frame = polars_frame(data)
    asked, frames = [], []
    for group in [None] + W.groups(work):
        wanted, places = W.fused(work, group)
        by = ["year"] + ([group] if group else [])
        asked.append((group, wanted, places))
        frames.append(frame.group_by(by).agg([polars_measure(pl, one).alias(f"m{at}") for one, at in places.items()]))
    for (group, wanted, places), frame in zip(asked, pl.collect_all(frames)):
        first = 2 if group else 1
        for row in frame.iter_rows():
            for indicator in wanted:
                figures = [row[first + places[measure]] for measure in indicator.measures]
                cells.add(indicator, row[0], group, row[1] if group else None, figures)


def polars_each(data, work, threads, cells, load):
    """One collection of four frames for each indicator."""
    pl, frame = polars_frame(data)
    for indicator in work:
        shared = bool(W.shared_conditions(indicator))
        rows = frame.filter(polars_conditions(pl, indicator.measures[0])) if shared else frame
        groupings = [None] + indicator.groups
        frames = [
            rows.group_by(["year"] + ([group] if group else [])).agg(
                [polars_measure(pl, measure, not shared).alias(f"m{at}") for at, measure in enumerate(indicator.measures)]
            )
            for group in groupings
        ]
        for group, answer in zip(groupings, pl.collect_all(frames)):
            for row in answer.iter_rows():
                cells.add(indicator, row[0], group, row[1] if group else None, row[2 if group else 1 :])


def pandas_each(data, work, threads, cells, load):
    """One group-by for each measure and grouping. Amounts are whole hundredths, since pandas would add floats."""
    import pandas as pd

    if data.endswith(".parquet"):
        import pyarrow.parquet as pq

        frame = pq.read_table(data, read_dictionary=TEXTS).to_pandas()
        frame["date"] = pd.to_datetime(frame["date"])
    else:
        frame = pd.read_csv(data, dtype={name: "category" for name in TEXTS}, parse_dates=["date"])
    frame["amount"] = (frame["amount"].astype(float) * 100).round().astype("Int64")
    frame["age"] = frame["age"].astype("Int64")
    frame["passed"] = frame["passed"].map({True: True, False: False}).astype("boolean")
    frame["year"] = frame["date"].dt.year
    frame["age_band"] = pd.cut(frame["age"].astype("float"), [-1, 5, 11, 14, 17, 24, 59, 200], labels=[b for _, b in W.AGE_BANDS])

    def holds(one):
        column, how, *rest = one
        value = rest[0] if rest else None
        if how == "or":
            return pd.concat([holds(other) for other in value], axis=1).any(axis=1)
        series = frame[column]
        value = value * 100 if column == "amount" and rest else value
        answer = {
            "yes": lambda: series,
            "known": lambda: series.notna(),
            "in": lambda: series.isin(value),
            "between": lambda: series.between(*value),
            "=": lambda: series == value,
            "<>": lambda: (series != value) & series.notna(),
            "<": lambda: series < value,
            ">=": lambda: series >= value,
            "before": lambda: series < frame[value],
        }[how]()
        return answer.fillna(False).astype(bool)

    for indicator in work:
        for group in [None] + indicator.groups:
            answers = []
            for measure in indicator.measures:
                rows = frame
                if measure.conditions:
                    every = holds(measure.conditions[0])
                    for one in measure.conditions[1:]:
                        every = every & holds(one)
                    rows = frame[every]
                grouped = rows.groupby(["year"] + ([group] if group else []), observed=True, dropna=False)
                answers.append(
                    {
                        "rows": lambda: grouped.size(),
                        "sum": lambda: grouped[measure.column].sum(min_count=1),
                        "values": lambda: grouped[measure.column].count(),
                        "distinct": lambda: grouped[measure.column].nunique(),
                    }[measure.takes]()
                )
            # An index with a missing member does not find it again: keys of our own do.
            found = [{} for _ in answers]
            for at, answer in enumerate(answers):
                for key, value in answer.items():
                    year, member = key if group else (key, None)
                    found[at][year, None if pd.isna(member) else member] = value
            for year, member in dict.fromkeys(key for answer in found for key in answer):
                figures = []
                for measure, answer in zip(indicator.measures, found):
                    value = answer.get((year, member))
                    if value is None or value is pd.NA:
                        figures.append(None if measure.takes == "sum" else 0)
                    elif measure.takes == "sum" and measure.column == "amount":
                        figures.append(Decimal(int(value)).scaleb(-2))
                    else:
                        figures.append(int(value))
                cells.add(indicator, year, group, member, figures)


def sqlite_each(data, work, threads, cells, load):
    """Python's own CSV reader and SQLite: slow, independent, and there wherever Python is. Amounts are whole hundredths."""
    import sqlite3

    connection = sqlite3.connect(":memory:")
    kinds = {"person_id": "INTEGER", "age": "INTEGER", "amount": "INTEGER"}
    connection.execute(f"CREATE TABLE file ({', '.join(f'{name} {kinds.get(name, str())}' for name in W.COLUMNS)})")
    numbers, amount = [W.COLUMNS.index(name) for name in ("person_id", "age")], W.COLUMNS.index("amount")
    known = {"": None, "true": 1, "false": 0}

    def values(row):
        row = [known.get(value, value) for value in row]
        for at in numbers:
            row[at] = row[at] and int(row[at])
        row[amount] = row[amount] and int(Decimal(row[amount]).scaleb(2))
        return row

    with open(data, encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        assert next(reader) == W.COLUMNS, "the columns of the register"
        connection.executemany(f"INSERT INTO file VALUES ({', '.join('?' * len(W.COLUMNS))})", map(values, reader))
    connection.execute(f"CREATE TABLE register AS SELECT * FROM {W.rows_of('file', 'CAST(substr(date, 1, 4) AS INTEGER)')}")
    for indicator in work:
        for group in [None] + indicator.groups:
            query = W.query_of_group(indicator, group, "register").replace("amount >= 500", "amount >= 50000")
            for year, member, *figures in connection.execute(query):
                for at, measure in enumerate(indicator.measures):
                    if measure.takes == "sum" and measure.column == "amount" and figures[at] is not None:
                        figures[at] = Decimal(figures[at]).scaleb(-2)
                cells.add(indicator, year, group, member, figures)


def decode(data, work, threads, cells, load):
    """No indicator at all: reads the sixteen columns, texts as dictionaries, and lets them go."""
    import pyarrow as pa

    pa.set_cpu_count(threads)
    if data.endswith(".parquet"):
        import pyarrow.parquet as pq

        file = pq.ParquetFile(data, read_dictionary=TEXTS)
        for group in range(file.num_row_groups):
            file.read_row_group(group, columns=W.COLUMNS, use_threads=True)
    else:
        import pyarrow.csv as pc

        texts = {name: pa.dictionary(pa.int32(), pa.string()) for name in TEXTS}
        convert = pc.ConvertOptions(column_types={**texts, "amount": pa.decimal128(12, 2)})
        pc.read_csv(data, convert_options=convert)


PEERS = {
    "duckdb-each": (duckdb_each, "DuckDB, one query per indicator"),
    "duckdb-fused": (duckdb_fused, "DuckDB, fused by hand, one query per grouping"),
    "polars-fused": (polars_fused, "Polars, fused by hand, one frame per grouping"),
    "polars-each": (polars_each, "Polars, frames per indicator"),
    "pandas": (pandas_each, "pandas, one group-by per measure"),
    "sqlite": (sqlite_each, "Python's csv and SQLite"),
    "decode": (decode, "bare decode of the columns (pyarrow)"),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("data")
    parser.add_argument("--cells")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", default="fifty", help="a name of variants.py")
    parser.add_argument("--communes", help="the communes to look up in")
    parser.add_argument("--from-file", action="store_true", help="DuckDB reads the CSV anew for each query")
    given = parser.parse_args()
    global COMMUNES
    COMMUNES = given.communes
    if COMMUNES and not given.peer.startswith(("duckdb", "polars")):
        parser.error(f"{given.peer} does not look up")
    cells = Cells()
    load = given.data.endswith(".csv") and not given.from_file
    PEERS[given.peer][0](given.data, variants.indicators(given.work), given.threads, cells, load)
    if given.cells:
        cells.write(given.cells)


if __name__ == "__main__":
    main()
