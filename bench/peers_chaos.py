#!/usr/bin/env python3
"""Docket's queue and pg-boss side by side while the database is disturbed.

Each runs the same loop: half of the tasks submit, half claim and complete, what fails is tried again.
Under each disturbance both run one after the other on one Postgres (fsync on). Told are jobs per second
and their ratio to the same queue undisturbed in this run, failed calls, the time until everything left
was done, and acknowledged jobs that are not completed then: lost ones.
"""

import argparse
import contextlib
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "clients"), str(ROOT / "bench" / "chaos")]
from conftest import free_port  # noqa: E402
from postgres import binaries, sql  # noqa: E402
from servers import Postgres  # noqa: E402

NODE = ROOT / "target" / "peers"
QUEUES = {
    "Docket": {"table": "docket.jobs", "done": "status = 'succeeded'", "word": "status"},
    "pg-boss": {"table": "pgboss.job", "done": "state = 'completed'", "word": "state"},
}
DISTURBANCES = ["undisturbed", "held transaction", "active readers", "pool exhaustion", "backend kills", "restart", "undisturbed again"]
READERS = 4


class Run:
    """One queue under one disturbance."""

    def __init__(self, args, postgres, name, disturbance):
        self.args, self.postgres, self.name, self.disturbance = args, postgres, name, disturbance
        self.queue, self.going = QUEUES[name], True
        self.url = f"{postgres.url.rsplit('/', 1)[0]}/{'own' if name == 'Docket' else 'boss'}"

    def measure(self):
        with tempfile.NamedTemporaryFile() as file:
            connections = 2 if self.disturbance == "pool exhaustion" else self.args.concurrency
            program = [self.args.steady] if self.name == "Docket" else ["node", NODE / "pgboss.mjs"]
            mode = [] if self.name == "Docket" else ["steady"]
            command = [*program, self.url, *mode, self.args.seconds, self.args.concurrency, connections, file.name]
            child = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
            assert child.stdout.readline() == "STARTED\n"
            with self.disturbed():
                time.sleep(self.args.seconds)
            out, _ = child.communicate(timeout=180)
            if child.returncode:
                raise RuntimeError(f"{self.name} ended with {child.returncode} under: {self.disturbance}")
            completed, errors, drained = out.split("RESULT ")[1].split()
            acknowledged = set(pathlib.Path(file.name).read_text().split())
        done = set(sql(self.url, f"select id from {self.queue['table']} where {self.queue['done']}").split())
        return {"rate": int(completed) / self.args.seconds, "errors": int(errors), "drained": float(drained),
                "acknowledged": len(acknowledged), "lost": len(acknowledged - done)}

    @contextlib.contextmanager
    def disturbed(self):
        threads = [threading.Thread(target=action) for action in self.actions()]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.going = False
            for thread in threads:
                thread.join()

    def actions(self):
        return {
            "held transaction": [self.hold],
            "active readers": [self.read] * READERS,
            "backend kills": [self.kill],
            "restart": [self.restart],
        }.get(self.disturbance, [])

    def hold(self):
        """A snapshot as old as the run: nothing that was changed since can be cleaned up."""
        sql(self.url, f"begin isolation level repeatable read; select count(*) from {self.queue['table']}; select pg_sleep({self.args.seconds - 0.5}); commit")

    def read(self):
        table, word = self.queue["table"], self.queue["word"]
        while self.going:
            with contextlib.suppress(RuntimeError):
                sql(self.url, f"select {word}, count(*), max(length(j::text)) from {table} j group by 1")

    def kill(self):
        while self.going:
            sql(self.postgres.url, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{self.url.rsplit('/', 1)[1]}'")
            time.sleep(self.args.kill_every_s)

    def restart(self):
        time.sleep(self.args.seconds / 3)
        self.postgres.stop(2)
        self.postgres.start()
        self.postgres.wait_until_ready()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--kill-every-s", type=float, default=0.5)
    parser.add_argument("--disturbances", nargs="+", choices=DISTURBANCES, default=DISTURBANCES)
    parser.add_argument("--steady", type=pathlib.Path, default=ROOT / "target/release/examples/steady")
    args = parser.parse_args()
    (NODE / "pgboss.mjs").write_text((ROOT / "bench/peers/pgboss.mjs").read_text())
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        (folder / "cluster").mkdir()
        postgres = Postgres(folder, folder / "cluster", free_port(), steps=False)
        try:
            for _ in range(args.rounds):
                for disturbance in args.disturbances:
                    for name in QUEUES:
                        database = "own" if name == "Docket" else "boss"
                        # Each starts from an empty table of its own.
                        for text in (f"drop database if exists {database} with (force)", f"create database {database}"):
                            sql(postgres.url, text)
                        run = Run(args, postgres, name, disturbance).measure()
                        rows.setdefault((disturbance, name), []).append(run)
                        print(f"{disturbance}, {name}: {run}", file=sys.stderr, flush=True)
        finally:
            postgres.stop(2)
    report(rows, args)


def report(rows, args):
    middle = lambda runs, field: statistics.median(run[field] for run in runs)  # noqa: E731
    calm = {name: statistics.median(run["rate"] for (disturbance, own), runs in rows.items() for run in runs if own == name and "undisturbed" in disturbance)
            for name in QUEUES}
    version = subprocess.run([binaries() / "postgres", "--version"], capture_output=True, text=True).stdout.strip()
    print(f"\n{args.rounds} rounds of {args.seconds} s, {args.concurrency} tasks, {version}; median\n")
    print("| | " + " | ".join(f"{name} jobs/s (of undisturbed) | failed calls | done after | lost" for name in QUEUES) + " |")
    print("|---" * (1 + 4 * len(QUEUES)) + "|")
    lost = 0
    for disturbance in args.disturbances:
        cells = []
        for name in QUEUES:
            runs = rows[disturbance, name]
            lost += sum(run["lost"] for run in runs) if name == "Docket" else 0
            cells += [f"{middle(runs, 'rate'):,.0f} ({middle(runs, 'rate') / max(calm[name], 1):.2f})", f"{middle(runs, 'errors'):,.0f}", f"{middle(runs, 'drained'):.1f} s",
                      f"{sum(run['lost'] for run in runs)} of {sum(run['acknowledged'] for run in runs):,}"]
        print(f"| {disturbance} | {' | '.join(cells)} |")
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
