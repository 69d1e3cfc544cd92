#!/usr/bin/env python3
"""A real Spark cluster on loopback, one master and two workers: every figure is that of the embedded engine, also when a worker
is killed in the middle; without any worker there is an error, and no figure.

    python3 -m venv target/spark && target/spark/bin/pip install -r clusters/spark/requirements.txt
    target/spark/bin/python clusters/spark/check.py [--rows 200000]

Needs Java 17 or later; builds Jauge and the register. Exit 0 when all is as it should be. For Linux and macOS.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyspark

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SPARK = Path(pyspark.__file__).parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAMS = TARGET / "release"
SMALL = ["spark.executor.memory=512m", "spark.driver.memory=512m", "spark.sql.shuffle.partitions=4", "spark.sql.files.maxPartitionBytes=2m"]
ENVIRONMENT = {**os.environ, "SPARK_HOME": str(SPARK), "SPARK_SCALA_VERSION": "2.13", "SPARK_LOCAL_IP": "127.0.0.1",
               "PYSPARK_PYTHON": sys.executable, "JAUGE_LANG": "en"}


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(what, seconds, holds):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"waited {seconds} s for {what}")
        time.sleep(0.2)


class Cluster:
    """Processes of one cluster, and its folder; all of it goes away at the end."""

    def __init__(self, folder):
        self.folder, self.processes = folder, {}
        self.address = f"spark://127.0.0.1:{free_port()}"

    def start(self, name, of, arguments, registered):
        log = self.folder / f"{name}.log"
        java = [shutil.which("java") or "java", "-Xmx256m", "-cp", f"{SPARK}/jars/*", f"org.apache.spark.deploy.{of}"]
        with open(log, "w") as out:
            self.processes[name] = subprocess.Popen(java + arguments, cwd=self.folder, env=ENVIRONMENT, stdout=out, stderr=out)
        wait_for(f"{name} ({log})", 120, lambda: registered in log.read_text(errors="replace"))

    def master(self):
        host, port = self.address.removeprefix("spark://").split(":")
        self.start("master", "master.Master", ["--host", host, "--port", port, "--webui-port", "0"], "I have been elected leader")

    def worker(self, name):
        own = ["--host", "127.0.0.1", "--webui-port", "0", "-c", "1", "-m", "1g", "-d", str(self.folder / name), self.address]
        self.start(name, "worker.Worker", own, "Successfully registered with master")

    def kill(self, name):
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes.pop(name).wait()

    def stop(self):
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def jauge(*arguments):
    return subprocess.run([PROGRAMS / "jauge", *map(str, arguments)], capture_output=True, env=ENVIRONMENT)


class Project:
    """A project, its figures from the embedded engine, and its questions; `tables` are its files by the names of their tables."""

    def __init__(self, folder, tables, work):
        self.folder, self.tables = folder, tables
        self.questions, self.answers = work / f"{folder.name}.questions.json", work / f"{folder.name}.answers.json"
        self.figures = jauge("eval", folder, "--format", "json").stdout
        asked = jauge("sql", folder, "--dialect", "spark", "--text-columns", "-o", self.questions)
        assert asked.returncode == 0, asked.stderr.decode()

    def run(self, cluster, *options, meanwhile=None):
        """The exit code and the messages of the runner; `meanwhile` is done when the first answer is there."""
        self.answers.unlink(missing_ok=True)
        log = cluster.folder / "run.log"
        command = [sys.executable, HERE / "run.py", self.questions, "--master", cluster.address, "--split-lines", "-o", self.answers, *options]
        for table, data in self.tables.items():
            command += ["--table", f"{table}=csv:{data}"]
        for setting in SMALL:
            command += ["--conf", setting]
        with open(log, "w") as out:
            runner = subprocess.Popen(list(map(str, command)), env=ENVIRONMENT, stdout=out, stderr=out)
        try:
            if meanwhile:
                wait_for("the first answer", 300, lambda: " 1/" in log.read_text(errors="replace") or runner.poll() is not None)
                time.sleep(2)
                if runner.poll() is None:
                    meanwhile()
            code = runner.wait(900)
        finally:
            runner.kill()
        self.log = log.read_text(errors="replace")
        told = [line for line in self.log.splitlines() if not line[:2].isdigit()]
        return code, "\n".join(told)

    def same(self):
        """The figures from the answers are those of the embedded engine, to the last sign."""
        done = jauge("eval", self.folder, "--answers", self.answers, "--format", "json")
        assert done.stdout == self.figures, f"{self.folder.name}: other figures\n{done.stderr.decode()}"
        return self.figures.count(b'"state"')


def register(folder, rows):
    """The benchmark's project over a register of so many rows."""
    (folder / "data").mkdir(parents=True)
    for name in ["jauge.toml", *(path.name for path in (ROOT / "benches/register").glob("*.jauge"))]:
        shutil.copy(ROOT / "benches/register" / name, folder)
    data = folder / "data" / "register.csv"
    subprocess.run([PROGRAMS / "register-data", data, "--rows", str(rows)], check=True)
    return data


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--programs", type=Path, help="a folder with jauge and register-data, instead of building them")
    asked = parser.parse_args()
    global PROGRAMS
    if asked.programs:
        PROGRAMS = asked.programs.resolve()
    else:
        subprocess.run(["cargo", "build", "--release", "-p", "jauge-cli", "-p", "jauge-benches", "--bins"], cwd=ROOT, check=True)
    work = Path(tempfile.mkdtemp(prefix="jauge-spark-"))
    cluster = Cluster(work)
    try:
        cluster.master()
        cluster.worker("one")
        cluster.worker("two")
        print(f"Spark {pyspark.__version__} at {cluster.address}: one master, two workers", flush=True)

        children = ROOT / "examples/registre-enfants"
        small = Project(children, {"appuis": children / "donnees/appuis.csv"}, work)
        began = time.monotonic()
        code, told = small.run(cluster)
        assert code == 0, told
        print(f"registre-enfants: {small.same()} figures, all the same, {time.monotonic() - began:.0f} s", flush=True)

        communes = ROOT / "examples/communes"
        looked_up = Project(communes, {"élèves": communes / "donnees/eleves.csv", "communes": communes / "donnees/communes.csv"}, work)
        code, told = looked_up.run(cluster)
        assert code == 0, told
        print(f"communes, one table looked up in another: {looked_up.same()} figures, all the same", flush=True)

        folder = work / "register"
        long = Project(folder, {"register": register(folder, asked.rows)}, work)
        began = time.monotonic()
        code, told = long.run(cluster)
        assert code == 0, told
        print(f"register of {asked.rows} rows: {long.same()} figures, all the same, {time.monotonic() - began:.0f} s", flush=True)

        began = time.monotonic()
        code, told = long.run(cluster, meanwhile=lambda: cluster.kill("one"))
        assert "one" not in cluster.processes and "Lost executor" in long.log, "the run had ended before the worker was killed"
        assert code == 0, told
        print(f"one worker killed in the middle: {long.same()} figures, all the same, {time.monotonic() - began:.0f} s", flush=True)

        began = time.monotonic()
        code, told = long.run(cluster, "--patience", "20", meanwhile=lambda: cluster.kill("two"))
        assert "two" not in cluster.processes, "the run had ended before the worker was killed"
        took = time.monotonic() - began
        assert code == 1 and not long.answers.exists() and "error: no executor for 20 s" in told, (code, told)
        assert jauge("eval", folder, "--answers", long.answers).returncode == 2
        error = next(line for line in told.splitlines() if line.startswith("error:"))
        print(f"the last worker killed too: exit 1 and no figure, {took:.0f} s: {error}", flush=True)

        cluster.worker("three")
        code, told = small.run(cluster)
        assert code == 0, told
        print(f"a new worker: {small.same()} figures, all the same", flush=True)
    finally:
        cluster.stop()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
