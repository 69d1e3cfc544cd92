#!/usr/bin/env python3
"""The questions of `jauge sql --dialect spark --format json`, asked of Apache Spark: answers for `jauge eval --answers`.

    jauge sql PROJECT --dialect spark --text-columns -o questions.json
    clusters/spark/run.py questions.json --master spark://host:7077 --table register=csv:/data/register/ -o answers.json
    jauge eval PROJECT --answers answers.json

Needs Python 3.10 and pyspark (pip install -r clusters/spark/requirements.txt). Figures travel as texts: whole numbers and
decimals, never doubles. All answers or none: exit 0 with the file written, 1 when Spark cannot give them, 2 on wrong use.
"""

import argparse
import json
import locale
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import date
from decimal import Decimal

VERSION = 1


class Refused(Exception):
    """What no second attempt can mend; with the exit code."""

    def __init__(self, french, english, code=1):
        super().__init__(say(french, english))
        self.code = code


def say(french, english):
    language = os.environ.get("JAUGE_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return french if language.lower().startswith("fr") else english


def arguments():
    parser = argparse.ArgumentParser(
        description=say(
            "Pose à Apache Spark les questions de « jauge sql --dialect spark --format json ».",
            'Asks Apache Spark the questions of "jauge sql --dialect spark --format json".',
        )
    )
    add = parser.add_argument
    add("questions", help=say("le fichier écrit par jauge sql", "the file written by jauge sql"))
    add("--master", required=True, help=say("le cluster : spark://hôte:7077, yarn, k8s://…, local[2]", "the cluster: spark://host:7077, yarn, k8s://…, local[2]"))
    add("--table", action="append", default=[], metavar=say("NOM=LIEU", "NAME=PLACE"), help=say(
        "où sont les lignes d'une table : csv:CHEMIN, parquet:CHEMIN ou table:NOM du catalogue ; un chemin est un fichier ou un "
        "dossier, visible de chaque machine ; sans cette option, la table du même nom au catalogue",
        "where the rows of a table are: csv:PATH, parquet:PATH or table:NAME of the catalogue; a path is a file or a folder "
        "that each machine sees; without this option, the table of the same name in the catalogue"))
    add("-o", "--output", required=True, help=say("le fichier de réponses à écrire", "the file of answers to write"))
    add("--separator", default=",", help=say("séparateur des CSV (par défaut : la virgule)", "separator of CSV (default: the comma)"))
    add("--split-lines", action="store_true", help=say(
        "aucune cellule des CSV ne contient de saut de ligne : un grand fichier est alors lu par plusieurs machines",
        "no cell of the CSV holds a line break: a long file is then read by several machines"))
    add("--conf", action="append", default=[], metavar=say("CLÉ=VALEUR", "KEY=VALUE"), help=say("réglage de Spark ; peut être répété", "setting of Spark; may be repeated"))
    add("--attempts", type=int, default=2, help=say("essais en tout, au-delà des reprises de Spark (par défaut : 2)", "attempts in all, beyond Spark's own (default: 2)"))
    add("--patience", type=float, default=120, help=say("secondes sans aucun exécuteur avant d'abandonner (par défaut : 120)", "seconds without any executor before giving up (default: 120)"))
    add("--limit", type=float, default=None, help=say("secondes en tout avant d'abandonner (par défaut : aucune limite)", "seconds in all before giving up (default: no limit)"))
    return parser.parse_args()


def pair(text, option):
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise Refused(f"{option} attend NOM=VALEUR, pas « {text} »", f"{option} takes NAME=VALUE, not `{text}`", 2)
    return name, value


def questions(path):
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
    except (OSError, ValueError) as error:
        raise Refused(f"« {path} » ne peut pas être lu : {error}", f"`{path}` cannot be read: {error}", 2)
    if not isinstance(document, dict) or "sources" not in document:
        raise Refused(f"« {path} » n'est pas un fichier de « jauge sql --format json »", f"`{path}` is no file of `jauge sql --format json`", 2)
    if document.get("version") != VERSION:
        raise Refused(f"version {document.get('version')} des questions ; ce programme lit la version {VERSION}",
                      f"version {document.get('version')} of the questions; this program reads version {VERSION}", 2)
    if document.get("dialect") != "spark":
        raise Refused("les questions ne sont pas écrites pour Spark : jauge sql --dialect spark", "the questions are not written for Spark: jauge sql --dialect spark", 2)
    return document


# ── Tables ──


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def frame_of(spark, place, asked):
    kind, colon, path = place.partition(":")
    if kind == "table" and colon:
        return spark.table(path)
    if kind == "parquet" and colon:
        return spark.read.parquet(path)
    if kind == "csv" and colon:
        # As texts, to the letter; a line of another width is an error, never a row with holes.
        read = spark.read.options(header=True, sep=asked.separator, quote='"', escape='"', encoding="UTF-8", mode="FAILFAST",
                                  inferSchema=False, enforceSchema=False, multiLine=not asked.split_lines)
        return read.csv(path)
    raise Refused(f"« {place} » : dites csv:CHEMIN, parquet:CHEMIN ou table:NOM", f"`{place}`: say csv:PATH, parquet:PATH or table:NAME", 2)


def kinds(of):
    """How a column may be said to be stored."""
    name = of.typeName()
    if name in ("string", "varchar", "char"):
        return ("text",)
    if name in ("byte", "short", "integer", "long", "tinyint", "smallint", "int", "bigint"):
        return ("integer", "number")
    return {"decimal": ("number",), "date": ("date",), "timestamp": ("date",), "timestamp_ntz": ("date",), "boolean": ("yes_no",)}.get(name, ())


def prepare(spark, source, places, asked):
    """The table of a source under its name, and those of the sources in which it looks up; the files that they are read from."""
    files = []
    for table in [source, *source.get("looked_in", [])]:
        files.extend(prepare_one(spark, table, places, asked))
    return files


def prepare_one(spark, source, places, asked):
    name = ".".join(source["table"])
    if name in places:
        if len(source["table"]) > 1:
            raise Refused(f"« {name} » est un nom du catalogue : il ne peut pas être donné par --table", f"`{name}` is a name of the catalogue: --table cannot give it", 2)
        frame = frame_of(spark, places[name], asked)
        frame.createOrReplaceTempView(quoted(name))
    else:
        frame = spark.table(".".join(map(quoted, source["table"])))
    stored = {field.name: field.dataType for field in frame.schema.fields}
    for column in source["columns"]:
        at, wanted = column["name"], column["stored"]
        if at not in stored:
            raise Refused(f"{name} : aucune colonne « {at} » ; il y a {', '.join(stored)}", f"{name}: no column `{at}`; there are {', '.join(stored)}")
        if wanted not in kinds(stored[at]):
            raise Refused(
                f"{name} : la colonne « {at} » est de type {stored[at].simpleString()}, les questions attendent {wanted} ; "
                "si toutes les colonnes sont des textes : jauge sql --text-columns ; un nombre doit être entier ou decimal",
                f"{name}: the column `{at}` is of type {stored[at].simpleString()}, the questions expect {wanted}; "
                "if all columns are texts: jauge sql --text-columns; a number must be whole or a decimal")
    return frame.inputFiles()


def state(spark, files):
    """Which files, how long and of when: the rows must not change between two questions."""
    if not files:
        return []
    known = spark.read.format("binaryFile").load(sorted(files)).select("path", "length", "modificationTime")
    return sorted(map(tuple, known.collect()))


# ── Answers ──


def text(value):
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise Refused(f"une réponse de type {type(value).__name__} n'est pas exacte", f"an answer of type {type(value).__name__} is not exact")


class Watch:
    """Waits for an answer for as long as somebody works on it."""

    def __init__(self, asked, started):
        self.asked, self.started = asked, started
        self.thread = ThreadPoolExecutor(1)

    def executors(self, spark):
        if self.asked.master.startswith("local"):
            return 1
        # The driver is one of them.
        return len(spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()) - 1

    def result(self, spark, work):
        future = self.thread.submit(work)
        seen = time.monotonic()
        while True:
            try:
                return future.result(timeout=0.5)
            except NotYet:
                if future.done():
                    raise
            now = time.monotonic()
            if self.executors(spark) > 0:
                seen = now
            elif now - seen > self.asked.patience:
                raise Refused(f"aucun exécuteur depuis {self.asked.patience:.0f} s : le cluster n'a plus de machine pour ce travail",
                              f"no executor for {self.asked.patience:.0f} s: the cluster has no machine left for this work")
            if self.asked.limit is not None and now - self.started > self.asked.limit:
                raise Refused(f"pas de réponse en {self.asked.limit:.0f} s", f"no answer within {self.asked.limit:.0f} s")


def ask(spark, watch, statement):
    def work():
        result = spark.sql(statement["sql"])
        wanted = [column["name"] for column in statement["columns"]]
        if result.columns != wanted:
            raise Refused(f"colonnes {result.columns}, attendues {wanted}", f"columns {result.columns}, expected {wanted}")
        return [[text(value) for value in row] for row in result.collect()]

    return watch.result(spark, work)


def not_needed(statement, source, results):
    """The statement says for which count of the overview it need not be run."""
    column = statement.get("only_if")
    if column is None:
        return False
    for other, rows in zip(source["statements"], results):
        names = [one["name"] for one in other["columns"]]
        if other["role"] == "overview" and column in names:
            at = names.index(column)
            return all(row[at] is None or Decimal(row[at]) == 0 for row in rows)
    return False


def answers(spark, document, places, asked, watch):
    told = []
    for source in document["sources"]:
        files = watch.result(spark, lambda source=source: prepare(spark, source, places, asked))
        before = watch.result(spark, lambda: state(spark, files))
        results = []
        for number, statement in enumerate(source["statements"], 1):
            started = time.monotonic()
            if not_needed(statement, source, results):
                results.append(None)
                continue
            rows = ask(spark, watch, statement)
            results.append(rows)
            print(f"{source['source']} {number}/{len(source['statements'])} {statement['role']}: {len(rows)} × {len(statement['columns'])}, "
                  f"{time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
        if watch.result(spark, lambda: state(spark, files)) != before:
            raise Refused(f"{source['source']} : les fichiers ont changé pendant la lecture", f"{source['source']}: the files have changed while they were read")
        told.append({"source": source["source"], "fingerprint": source["fingerprint"], "results": results})
    return told


def short(error):
    """What Spark says against it, without the rows that it may quote."""
    said = str(error)
    names = list(dict.fromkeys(re.findall(r"\[([A-Z][A-Z0-9_.]{3,})\]", said)))
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"{type(error).__name__} {', '.join(names[:3])}" if names else f"{type(error).__name__}: {' '.join(lines[:2])[:200]}"


def session(asked):
    from pyspark.sql import SparkSession

    settings = {
        "spark.sql.caseSensitive": "true",
        "spark.sql.session.timeZone": "UTC",
        # A line of another width is seen, whichever columns are wanted.
        "spark.sql.csv.parser.columnPruning.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **dict(pair(text, "--conf") for text in asked.conf),
    }
    builder = SparkSession.builder.master(asked.master).appName("jauge")
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def run(asked):
    started = time.monotonic()
    document = questions(asked.questions)
    places = dict(pair(text, "--table") for text in asked.table)
    known = {".".join(table["table"]) for source in document["sources"] for table in [source, *source.get("looked_in", [])]}
    for name in places.keys() - known:
        raise Refused(f"--table {name} : les questions ne portent que sur {', '.join(sorted(known))}", f"--table {name}: the questions are about {', '.join(sorted(known))} only", 2)
    try:
        from pyspark.errors import AnalysisException
        from pyspark.version import __version__ as version
    except ImportError as error:
        raise Refused(f"pyspark n'est pas installé : {error}", f"pyspark is not installed: {error}", 2)
    for attempt in range(1, asked.attempts + 1):
        spark = None
        try:
            spark = session(asked)
            told = answers(spark, document, places, asked, Watch(asked, started))
            break
        except (Refused, KeyboardInterrupt):
            raise
        except AnalysisException as error:
            first = str(error).split("\n")[0]
            raise Refused(f"Spark refuse une question : {first}", f"Spark refuses a question: {first}")
        except Exception as error:
            if attempt == asked.attempts:
                raise Refused(f"Spark n'a pas pu répondre en {attempt} essais : {short(error)}", f"Spark could not answer in {attempt} attempts: {short(error)}")
            print(say(f"essai {attempt} sans réponse, tout est reposé : ", f"attempt {attempt} gave no answer, everything is asked again: ") + short(error), file=sys.stderr, flush=True)
            try:
                spark and spark.stop()
            except Exception:
                pass
    whole = {"version": VERSION, "dialect": "spark", "engine": f"Apache Spark {version}", "text_columns": document["text_columns"], "sources": told}
    beside = f"{asked.output}.{os.getpid()}.part"
    try:
        with open(beside, "w", encoding="utf-8") as file:
            json.dump(whole, file, ensure_ascii=False, separators=(",", ":"))
            file.write("\n")
        os.replace(beside, asked.output)
    except OSError as error:
        raise Refused(f"« {asked.output} » ne peut pas être écrit : {error}", f"`{asked.output}` cannot be written: {error}", 2)


def main():
    code = 0
    try:
        run(arguments())
    except Refused as refused:
        print(say("erreur : ", "error: ") + str(refused), file=sys.stderr)
        code = refused.code
    except KeyboardInterrupt:
        code = 130
    sys.stderr.flush()
    # A cluster without machines would keep an orderly end waiting.
    os._exit(code)


if __name__ == "__main__":
    main()
