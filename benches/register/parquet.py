"""Turns a register of CSV into Parquet, by parts: dictionary strings, snappy, groups of a million rows.

    python3 parquet.py REGISTER.csv OUT.parquet [--codec snappy] [--group 1000000]
"""

import argparse
import os

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

KINDS = {
    "person_id": pa.int64(),
    "age": pa.int16(),
    "date": pa.date32(),
    "closed_on": pa.date32(),
    "amount": pa.decimal128(12, 2),
    **{name: pa.bool_() for name in ("enrolled", "dropout", "disability", "scholarship", "passed")},
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("out")
    parser.add_argument("--codec", default="snappy")
    parser.add_argument("--group", type=int, default=1_000_000)
    given = parser.parse_args()
    with open(given.csv, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    kinds = {name: KINDS.get(name, pa.string()) for name in names}
    reader = pc.open_csv(
        given.csv,
        read_options=pc.ReadOptions(block_size=16 << 20),
        convert_options=pc.ConvertOptions(column_types=kinds, null_values=[""], strings_can_be_null=True),
    )
    dictionaries = [name for name, kind in kinds.items() if pa.types.is_string(kind)] + ["age", "date"]
    unfinished = given.out + ".tmp"
    schema = pa.schema(list(kinds.items()))
    with pq.ParquetWriter(unfinished, schema, compression=given.codec, use_dictionary=dictionaries) as out:
        waiting, rows = [], 0
        for batch in reader:
            waiting.append(batch)
            rows += batch.num_rows
            while rows >= given.group:
                table = pa.Table.from_batches(waiting)
                out.write_table(table.slice(0, given.group), row_group_size=given.group)
                waiting, rows = table.slice(given.group).to_batches(), rows - given.group
        if rows:
            out.write_table(pa.Table.from_batches(waiting), row_group_size=given.group)
    os.replace(unfinished, given.out)


if __name__ == "__main__":
    main()
