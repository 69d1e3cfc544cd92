#!/usr/bin/env python3
"""The whole benchmark register in PostgreSQL: every figure is that of the embedded engine over the CSV file, byte by byte.

    benches/register/postgres.py                    1 000 000 rows; needs PostgreSQL's programs (apt-get install postgresql)
    benches/register/postgres.py --rows 5000000

Builds Jauge with its client, starts a server of its own on loopback, loads the file, and stops the server. Exit 1 when a figure
differs. For Linux and macOS.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import variants
from compare import PLACE, ROOT, TARGET, Failed, figures_of, register, run

TYPES = {
    "person_id": "bigint",
    "age": "integer",
    "date": "date",
    "amount": "numeric(12,2)",
    **{name: "boolean" for name in ("enrolled", "dropout", "disability", "scholarship", "passed")},
}
# PostgreSQL refuses to run as root.
OTHER_USER = ["runuser", "-u", "postgres", "--"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def programs():
    """The folder of the server's programs: that of the path if it has them all, else the newest of Debian's packages."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin")) + ([Path(found).resolve().parent] if found else [])
    whole = [folder for folder in folders if all((folder / name).exists() for name in ("initdb", "pg_ctl", "psql"))]
    if not whole:
        sys.exit("PostgreSQL is not installed: apt-get install postgresql")
    return whole[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    given = parser.parse_args()
    build = ["cargo", "build", "--quiet", "--release", "-p", "jauge-benches", "-p", "jauge-cli", "--bins"]
    subprocess.run([*build, "--features", "jauge-cli/postgres"], cwd=ROOT, check=True)
    data, jauge = register(given.rows, 2026), TARGET / "release" / "jauge"
    folder = Path(tempfile.mkdtemp(prefix="jauge-register-"))
    # Its own user walks into it.
    folder.chmod(0o755)
    server = folder / "server"
    server.mkdir()
    if OTHER_USER:
        shutil.chown(server, "postgres")
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]

    def program(name, *arguments, **more):
        subprocess.run([*OTHER_USER, programs() / name, *arguments], cwd="/", check=True, stdout=subprocess.DEVNULL, **more)

    def sql(text, **more):
        program("psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1", "-c", text, **more)

    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {server} -c fsync=off -c max_wal_size=4GB"
    started = False
    try:
        program("initdb", "-D", server / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        program("pg_ctl", "-D", server / "data", "-l", server / "log", "-o", options, "-w", "start")
        started = True
        with open(data, encoding="utf-8") as file:
            names = file.readline().strip().split(",")
        columns = ", ".join(f"{name} {TYPES.get(name, 'text')}" for name in names)
        sql(f"CREATE UNLOGGED TABLE register ({columns})")
        begun = time.perf_counter()
        with open(data, "rb") as file:
            sql("COPY register FROM STDIN WITH (FORMAT csv, HEADER true)", stdin=file)
        sql("ANALYZE register")
        print(f"{given.rows} rows loaded in {time.perf_counter() - begun:.0f} s", flush=True)
        text = variants.write_project(PLACE / f"project-fifty-{data.name}", "fifty", data)
        table = PLACE / "project-fifty-postgres"
        shutil.rmtree(table, ignore_errors=True)
        shutil.copytree(text, table, ignore=lambda *_: [data.name])
        file = table / "register.jauge"
        address = f"postgres://postgres@127.0.0.1:{port}/postgres?table=register&sslmode=disable"
        file.write_text(file.read_text(encoding="utf-8").replace(f'"{data.name}"', f'"{address}"'), encoding="utf-8")
        answers = []
        for name, place in (("CSV", text), ("PostgreSQL", table)):
            out = PLACE / f"figures-{name}.csv"
            one = run([jauge, "eval", place, "--lang", "en", "--format", "csv", "-o", out])
            print(f"{name}: {one['wall']:.1f} s", flush=True)
            answers.append(out)
    except Failed as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        if started:
            program("pg_ctl", "-D", server / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
    one, other = map(figures_of, answers)
    wrong = sum(a != b for a, b in zip(one, other)) + abs(len(one) - len(other))
    print(f"{wrong} of {len(one)} figures differ")
    return 1 if wrong or not one else 0


if __name__ == "__main__":
    sys.exit(main())
