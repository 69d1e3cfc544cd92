"""Runs statements elsewhere: one JSON request a line in, one JSON answer a line out.

A request: engine, tables (each with its name as table, columns as [name, type], rows of texts, null for NULL), statements.
An answer: for each statement its rows, each column as text; or what the engine says against it.
"""
import json
import os
import sys
from decimal import Decimal


def text(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


class Duckdb:
    def __init__(self):
        import duckdb

        self.connection = duckdb.connect()

    def name(self, name):
        return '"' + name.replace('"', '""') + '"'

    def load(self, table, columns, rows):
        table = self.name(table)
        defined = ", ".join(f"{self.name(name)} {of}" for name, of in columns)
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} ({defined})")
        if rows:
            values = ", ".join(f"CAST(? AS {of})" for _, of in columns)
            self.connection.executemany(f"INSERT INTO {table} VALUES ({values})", rows)

    def run(self, statement):
        return self.connection.execute(statement).fetchall()


class Clickhouse:
    def __init__(self):
        from chdb import session

        self.session = session.Session()
        self.session.query("CREATE DATABASE IF NOT EXISTS own")

    def name(self, name):
        return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"

    def load(self, table, columns, rows):
        table = self.name(table)
        defined = ", ".join(f"{self.name(name)} Nullable({of})" for name, of in columns)
        self.session.query(f"DROP TABLE IF EXISTS own.{table}")
        self.session.query(f"CREATE TABLE own.{table} ({defined}) ENGINE = Memory")
        if rows:
            truths = [at for at, (_, of) in enumerate(columns) if of == "Bool"]
            rows = [[value == "true" if at in truths and value is not None else value for at, value in enumerate(row)] for row in rows]
            lines = "\n".join(json.dumps(row) for row in rows)
            self.session.query(f"INSERT INTO own.{table} FORMAT JSONCompactEachRow\n{lines}")

    def run(self, statement):
        self.session.query("USE own")
        settings = ", output_format_json_quote_decimals = 1, output_format_json_quote_64bit_integers = 1"
        answer = self.session.query(statement + settings, "JSONCompact").bytes()
        return json.loads(answer)["data"] if answer else []


class Spark:
    """Sail; Spark itself where JAUGE_SPARK_MASTER names its master, for instance local[1]."""

    def __init__(self):
        from pyspark.sql import SparkSession

        if master := os.environ.get("JAUGE_SPARK_MASTER"):
            few = {"spark.sql.shuffle.partitions": "1", "spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC"}
            self.spark = SparkSession.builder.master(master).config(map=few).getOrCreate()
            return
        from pysail.spark import SparkConnectServer

        self.server = SparkConnectServer()
        self.server.start(background=True)
        _, port = self.server.listening_address
        self.spark = SparkSession.builder.remote(f"sc://localhost:{port}").getOrCreate()

    def name(self, name):
        return "`" + name.replace("`", "``") + "`"

    def load(self, table, columns, rows):
        from pyspark.sql.functions import col

        from pyspark.sql.types import StringType, StructField, StructType

        schema = StructType([StructField(f"c{at}", StringType()) for at in range(len(columns))])
        frame = self.spark.createDataFrame([tuple(row) for row in rows], schema)
        chosen = [col(f"c{at}").cast(of).alias(name) for at, (name, of) in enumerate(columns)]
        frame.select(*chosen).createOrReplaceTempView(table)

    def run(self, statement):
        return [tuple(row) for row in self.spark.sql(statement).collect()]


def main():
    engines = {}
    kinds = {"duckdb": Duckdb, "clickhouse": Clickhouse, "spark": Spark}
    for line in sys.stdin:
        asked = json.loads(line)
        of = asked["engine"]
        try:
            engine = engines[of] if of in engines else engines.setdefault(of, kinds[of]())
        except ImportError as error:
            print(json.dumps({"absent": str(error)}), flush=True)
            continue
        results, wrong = [], None
        try:
            for table in asked["tables"]:
                engine.load(table["table"], table["columns"], table["rows"])
            for statement in asked["statements"]:
                results.append([[text(value) for value in row] for row in engine.run(statement)])
        except Exception as error:
            failed = asked["statements"][len(results)] if len(results) < len(asked["statements"]) else ""
            wrong = f"{error}\n{failed}"
        print(json.dumps({"results": results, "wrong": wrong}), flush=True)


main()
