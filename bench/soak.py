#!/usr/bin/env python3
"""Runs jobs of every type at a share of capacity for long, and watches what grows.

First the capacity is measured: as many jobs as go through when there are always enough. Then three
accounts submit at a share of it, at random moments. Told are, at the start, after a quarter and a half,
and at the end: resident memory and open files of every process of ours and of Postgres, sizes of database
and blobs, jobs, leases and messages in the database. Retention is played in fast motion: jobs expire some
minutes after their end. At last everything expires, and what stays is told.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "clients"), str(ROOT / "bench" / "chaos")]
from conftest import free_port, make_pdf  # noqa: E402
from flood import workbook  # noqa: E402
from oracle import percentile  # noqa: E402
from servers import Database, Postgres, Server, children_of  # noqa: E402

ACCOUNTS = {"large": 6, "middle": 3, "small": 1}
SCHEMA = json.dumps({"type": "object", "properties": {"invoice_number": {"type": "string"}, "total": {"type": "number"}}})
CATEGORIES = json.dumps(["Invoice", "Contract", "Report"])
INVOICE = make_pdf(["INVOICE", "Invoice number INV-77", "Bill to: Acme Ltd", "Item  Quantity  Unit price  Amount", "Pump  2  10.00  20.00", "Total 24.00"])
BUNDLE = make_pdf(["INVOICE", "Invoice number INV-77", "Total 24.00"], ["SERVICE AGREEMENT", "This agreement is made between two parties.", "1. Term and termination"])


def kinds():
    """Each type with its path and its form."""
    sample = (ROOT / "fixtures/quickstart/sample.pdf").read_bytes()
    return [
        ("parse", "/parse", "file", "sample.pdf", sample, {}),
        ("parse", "/parse", "file", "book.xlsx", workbook(), {}),
        ("parse", "/parse", "file", "page.html", b"<html><body><h1>Page</h1><p>Some text.</p></body></html>", {}),
        ("extract", "/v2/extract", "pdf_file", "invoice.pdf", INVOICE, {"schema_data": SCHEMA}),
        ("chunk", "/chunking", "document_file", "sample.pdf", sample, {"strategy": "paragraph"}),
        ("classify", "/classify", "pdf_file", "invoice.pdf", INVOICE, {"categories": CATEGORIES}),
        ("split", "/splitter", "file", "bundle.pdf", BUNDLE, {"categories": CATEGORIES}),
    ]


def form(field, name, document, more):
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}\r\n'.encode() for key, text in more.items()]
    parts.append(f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode() + document + b"\r\n")
    return b"".join(parts) + b"--b--\r\n"


class Soak:
    def __init__(self, args, folder):
        self.args, self.folder, self.port = args, folder, free_port()
        self.postgres, place = None, ["--data-dir", folder / "data"]
        if args.database == "postgres":
            (folder / "cluster").mkdir()
            self.postgres = Postgres(folder, folder / "cluster", free_port(), steps=False)
            place += ["--database-url", self.postgres.url]
        self.database = Database(self.postgres, folder / "data" / "docket.sqlite")
        self.flags = [*place, "--log", "error", *args.docket_flags]
        environment = os.environ | {"DOCKET_API_KEY": ""}
        command = [args.binary, "serve", "--listen", f"127.0.0.1:{self.port}", *self.flags]
        self.server = Server("docket", command, folder, environment, steps=False)
        self.server.start()
        self.wait()
        made = lambda user: [args.binary, "keys", "create", "--user", user, "--credits", "1000000000", "--json", *place]  # noqa: E731
        self.keys = {user: json.loads(subprocess.run(list(map(str, made(user))), check=True, capture_output=True, text=True).stdout)["key"] for user in ACCOUNTS}
        self.bodies = [(kind, path, form(field, name, document, more)) for kind, path, field, name, document, more in kinds()]
        self.lock, self.statuses, self.times = threading.Lock(), {}, []

    def wait(self):
        for _ in range(1200):
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/ready")[0] == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError("the server does not become ready")

    def ask(self, method, path, body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def submit(self, user, number):
        kind, path, body = self.bodies[number % len(self.bodies)]
        started = time.monotonic()
        try:
            status, _ = self.ask("POST", path, body, {"api-key": self.keys[user], "content-type": "multipart/form-data; boundary=b"})
        except (OSError, http.client.HTTPException):
            status = 0
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            self.times.append(time.monotonic() - started)

    def depth(self):
        return self.database.number("select count(*) from {s}jobs where finished_at is null")

    def ended(self):
        return self.database.number("select count(*) from {s}jobs where status = 'succeeded'")

    def capacity(self, seconds):
        """Jobs per second that are done while there are always enough."""
        until, done = time.monotonic() + seconds, threading.Event()

        def keep_busy(offset):
            number = offset
            while not done.is_set():
                if self.depth() < 40:
                    for _ in range(10):
                        self.submit(list(ACCOUNTS)[number % 3], number)
                        number += 1
                else:
                    time.sleep(0.05)

        threads = [threading.Thread(target=keep_busy, args=(offset,)) for offset in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(seconds / 3)
        before, started = self.ended(), time.monotonic()
        time.sleep(max(1, until - time.monotonic()))
        rate = (self.ended() - before) / (time.monotonic() - started)
        done.set()
        for thread in threads:
            thread.join()
        self.drain()
        return rate

    def drain(self, seconds=300):
        until = time.monotonic() + seconds
        while self.depth() and time.monotonic() < until:
            time.sleep(0.2)
        return self.depth() == 0

    def load(self, rate, seconds, at_marks):
        """Submits at random moments, so many a second on average."""
        dice, number, started = random.Random(self.args.seed), 0, time.monotonic()
        marks, next_at, next_expiry = list(at_marks), started, started
        users = [user for user, share in ACCOUNTS.items() for _ in range(share)]
        running = []
        while (now := time.monotonic()) < started + seconds:
            if marks and now >= started + marks[0][0] * seconds:
                self.look(marks.pop(0)[1])
            if now >= next_expiry:
                self.expire(self.args.retention_s)
                next_expiry = now + 30
            if now >= next_at:
                running = [thread for thread in running if thread.is_alive()]
                if len(running) < 64:
                    running.append(threading.Thread(target=self.submit, args=(dice.choice(users), number)))
                    running[-1].start()
                    number += 1
                next_at += dice.expovariate(rate)
            time.sleep(max(0.0, min(next_at - time.monotonic(), 0.05)))
        for thread in running:
            thread.join()
        return number

    def expire(self, after_s):
        """Jobs that ended so long ago have been kept long enough."""
        if self.postgres:
            text = f"update docket.jobs set expires_at = now() where finished_at < now() - interval '{after_s} s' and expires_at > now()"
            self.database.try_rows(text)
        else:
            import sqlite3
            now = int(time.time() * 1e6)
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(self.folder / "data/docket.sqlite", timeout=10)) as file:
                file.execute("update jobs set expires_at = ? where finished_at < ? and expires_at > ?", (now, now - int(after_s * 1e6), now))
                file.commit()

    # -- looking ----------------------------------------------------------------------------------

    def look(self, name):
        own = self.server.child.pid
        children = [child for child, _ in children_of({own})]
        row = {
            "docket MB": rss(own), "children MB": sum(map(rss, children)), "children": len(children), "files": open_files(own),
            "child files": sum(map(open_files, children)), "database MB": self.database_bytes() / 1e6, "blobs MB": size_of(self.folder / "data" / "blobs") / 1e6,
            "jobs": self.database.number("select count(*) from {s}jobs"), "events": self.database.number("select count(*) from {s}job_events"),
            "leases": self.database.number("select count(*) from {s}job_leases"), "waiting": self.depth(),
        }
        if self.postgres:
            backends = [child for child, _ in children_of({self.postgres.child.pid})]
            row["postgres PSS MB"] = sum(map(pss, [self.postgres.child.pid, *backends]))
        self.rows = getattr(self, "rows", {}) | {name: row}
        print(f"{name}: " + ", ".join(f"{key} {value:,.1f}" if isinstance(value, float) else f"{key} {value:,}" for key, value in row.items()), flush=True)

    def database_bytes(self):
        if self.postgres:
            return self.database.number("select pg_database_size(current_database())")
        return sum(file.stat().st_size for file in (self.folder / "data").glob("docket.sqlite*"))

    def empty(self, seconds=600):
        """Everything expires; how long until it is gone."""
        started = time.monotonic()
        while self.database.number("select count(*) from {s}jobs") and time.monotonic() - started < seconds:
            self.expire(0)
            time.sleep(1)
        return time.monotonic() - started

    def close(self):
        self.server.stop()
        if self.postgres:
            self.postgres.stop(2)


def status_line(process, name, file="status"):
    with contextlib.suppress(OSError, IndexError, StopIteration):
        text = pathlib.Path(f"/proc/{process}/{file}").read_text()
        return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name)) / 1024
    return 0.0


def rss(process):
    return status_line(process, "VmRSS")


def pss(process):
    return status_line(process, "Pss:", "smaps_rollup")


def open_files(process):
    with contextlib.suppress(OSError):
        return len(os.listdir(f"/proc/{process}/fd"))
    return 0


def size_of(folder):
    total = 0
    for place, _, files in os.walk(folder):
        for file in files:
            with contextlib.suppress(OSError):
                total += os.path.getsize(os.path.join(place, file))
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--share", type=float, default=0.8, help="of the capacity that is measured first")
    parser.add_argument("--capacity-seconds", type=float, default=45)
    parser.add_argument("--retention-s", type=float, default=300, help="from a job's end to its expiry")
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--binary", default=str(ROOT / "target/release/docket"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--docket-flags", nargs="*", default=[])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        soak = Soak(args, folder)
        try:
            rate = soak.capacity(args.capacity_seconds)
            print(f"capacity {rate:.1f} jobs/s; load {rate * args.share:.1f} jobs/s for {args.minutes:g} minutes on {args.database}", flush=True)
            soak.statuses, soak.times = {}, []
            seconds = args.minutes * 60
            warm = min(60, seconds / 10)
            sent = soak.load(rate * args.share, seconds, [(warm / seconds, "start"), (0.25, "quarter"), (0.5, "half"), (0.75, "three quarters")])
            soak.look("end of load")
            drained = soak.drain()
            states = soak.database.rows("select status, count(*) from {s}jobs group by 1")
            print(f"{sent} submits, answers {soak.statuses}, p50 {percentile(soak.times, 0.5) * 1000:.0f} ms, p99 {percentile(soak.times, 0.99) * 1000:.0f} ms; jobs that stand: {dict(map(tuple, states))}")
            took = soak.empty()
            if soak.postgres:
                soak.database.try_rows("vacuum")
            soak.look(f"everything expired, {took:.0f} s later")
        finally:
            soak.close()
        rows = soak.rows
        grown = rows["end of load"]["docket MB"] / rows["quarter"]["docket MB"]
        print(f"memory of the server from the first quarter to the end: x {grown:.2f}; open files {rows['start']['files']} -> {rows['end of load']['files']}")
        sys.exit(0 if drained and grown < 1.25 else 1)


if __name__ == "__main__":
    main()
