#!/usr/bin/env python3
"""Kills API nodes, workers, engine children and Postgres at random under load, and checks the promises.

Two API nodes and two worker processes on one Postgres (fsync on). Clients submit documents with an
Idempotency-Key over the nodes in turn, repeat what got no answer, and poll; each document bears a
text of its own. Others follow the account's stream of events on either node and come back with
Last-Event-ID. Checked: an acknowledged job is never unknown; a status, an update time and a version
never go back, on any node and in any stream; every job ends, with one terminal event, and every
follower is told of it; one key makes one job; the result holds the document's own text.
"""

import argparse
import collections
import contextlib
import http.client
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))
from conftest import free_port, make_pdf  # noqa: E402
from postgres import binaries, server_owner, sql, wait_for_port  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
RANKS = {"queued": 0, "PROCESSING": 1, "COMPLETED": 2, "FAILED": 2}
# How often each fault is drawn.
WEIGHTS = {"api": 4, "worker": 4, "engine child": 8, "connections": 4, "frozen worker": 1, "postgres": 1}
# Faults of ten seconds, for runs of their own: `--kinds "stopped postgres" "frozen postgres"`.
OUTAGES = {"stopped postgres": 1, "frozen postgres": 1}
OUTAGE_SECONDS = 10
FOLLOWERS = 2
LEASE = ["--lease-s", "3", "--heartbeat-s", "1", "--sweep-s", "1", "--backoff-s", "0,1,1", "--worker-losses-max", "1000", "--attempts-max", "1000"]


class Server:
    """Something that is killed and comes back."""

    def __init__(self, name, command, port=None, **options):
        self.name, self.command, self.port, self.options = name, [str(part) for part in command], port, options
        self.log = open(FOLDER / f"{name}.log", "ab")
        self.child = None
        self.start()

    def start(self):
        self.child = subprocess.Popen(self.command, stdout=self.log, stderr=self.log, **self.options)

    def kill(self, how=signal.SIGKILL):
        self.child.send_signal(how)
        self.child.wait()

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(timeout=40)
            except subprocess.TimeoutExpired:
                self.kill()


class Postgres(Server):
    def __init__(self, folder, port):
        owner = server_owner()
        if owner:
            os.chown(folder, owner["user"], owner["group"])
        self.data = folder / "cluster"
        subprocess.run([binaries() / "initdb", "-D", self.data, "-U", "owner", "-A", "trust"], check=True, stdout=subprocess.DEVNULL, cwd="/", **owner)
        settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "max_connections=200", "restart_after_crash=on"]
        command = [binaries() / "postgres", "-D", self.data, *(part for setting in settings for part in ("-c", setting))]
        super().__init__("postgres", command, port, cwd="/", **owner)
        self.url = f"postgres://owner@127.0.0.1:{port}/postgres"
        wait_for_port(port, self.child)
        self.wait_until_ready()

    def wait_until_ready(self):
        for _ in range(1200):
            if subprocess.run([binaries() / "pg_isready", "-d", self.url], capture_output=True).returncode == 0:
                return
            if self.child.poll() is not None:
                self.start()  # backends of the killed server were still there
            time.sleep(0.05)
        raise RuntimeError("Postgres does not come back")


class Load:
    """The clients and what they saw."""

    def __init__(self, nodes, key, seed):
        self.nodes, self.key, self.random = nodes, key, random.Random(seed)
        self.lock = threading.Lock()
        self.jobs = {}  # id -> (idempotency key, text)
        self.keys = {}  # idempotency key -> id
        self.open, self.seen, self.ended = set(), {}, collections.Counter()
        self.broken, self.refused, self.reads = [], collections.Counter(), 0
        self.told_end, self.events = [set() for _ in range(FOLLOWERS)], 0
        self.submitting = threading.Event()
        self.submitting.set()
        self.checking = threading.Event()
        self.checking.set()

    def ask(self, method, path, body=None, headers=(), turn=None):
        """One request; None if the node did not answer with an answer."""
        port = self.nodes[(turn if turn is not None else random.randrange(len(self.nodes))) % len(self.nodes)]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(method, path, body, {"api-key": self.key} | dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def submitter(self, pause):
        while self.submitting.is_set():
            time.sleep(pause * random.random() * 2)
            text, idempotency = f"Nonce {uuid.uuid4().hex}", str(uuid.uuid4())
            document = make_pdf([text] + ["The quick brown fox jumps over the lazy dog."] * random.choice([1, 10, 30]))
            body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + document + b"\r\n--b--\r\n"
            headers = {"content-type": "multipart/form-data; boundary=b", "idempotency-key": idempotency}
            for attempt in range(200):
                told = self.ask("POST", "/parse", body, headers, attempt)
                if told and told[0] == 200:
                    self.accepted(json.loads(told[1])["job_id"], idempotency, text)
                    break
                if told and told[0] != 503:
                    self.fail(f"a submit was answered {told}")
                    break
                self.refused["submit"] += 1
                time.sleep(0.1)
            else:
                self.fail("a submit was never accepted")

    def accepted(self, job, idempotency, text):
        with self.lock:
            if job in self.jobs:
                self.broken.append(f"{job} was given to two submits")
            self.jobs[job], self.keys[idempotency] = (idempotency, text), job
            self.open.add(job)
        self.poll(job)

    def poller(self):
        while self.checking.is_set():
            with self.lock:
                some = random.sample(sorted(self.open), min(len(self.open), 20))
            for job in some:
                self.poll(job)
            time.sleep(0.02 if some else 0.1)

    def poll(self, job):
        with self.lock:
            before = self.seen.get(job)
        told = self.ask("GET", f"/jobs/{job}")
        if told is None or told[0] == 503:
            self.refused["read"] += 1
            return
        if told[0] != 200:
            self.fail(f"{job} was answered {told}")
            return
        document = json.loads(told[1])
        now = (RANKS[document["status"]], document["updated_at"])
        with self.lock:
            self.reads += 1
            if before and now < before:
                self.broken.append(f"{job} went back from {before} to {now}")
            self.seen[job] = max(now, self.seen.get(job, now))
            if now[0] == 2 and job in self.open:
                self.open.discard(job)
                self.ended[document["status"]] += 1
                if document["status"] == "FAILED":
                    self.broken.append(f"{job} failed: {document.get('error')}")

    def follower(self, number):
        """Follows all jobs as an EventSource does; each stream ends with its node or its connection."""
        last = 0
        while self.checking.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", random.choice(self.nodes), timeout=20)
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                connection.request("GET", "/events", headers={"api-key": self.key, "last-event-id": str(last)})
                last = self.follow(connection.getresponse(), number, last)
            connection.close()
            time.sleep(0.05)

    def follow(self, answer, number, last):
        """Reads one stream to its end; the place in the outbox up to which it came."""
        versions = {}
        try:
            while answer.status == 200 and (line := answer.readline()):
                if line.startswith(b"id:"):
                    last = max(last, int(line[3:]))
                elif line.startswith(b"data:"):
                    told = json.loads(line[5:])
                    job, version = told["job_id"], told["version"]
                    if version <= versions.get(job, 0):
                        self.fail(f"follower {number} was told version {version} of {job} after {versions[job]}")
                    versions[job] = version
                    self.events += 1
                    if RANKS.get(told["status"]) == 2:
                        self.told_end[number].add(job)
        except (OSError, http.client.HTTPException):
            self.refused["stream"] += 1
        return last

    def untold(self):
        """Ends that a follower has not heard of."""
        with self.lock:
            ended = {job for job, (rank, _) in self.seen.items() if rank == 2}
        return [(number, job) for number, told in enumerate(self.told_end) for job in ended - told]

    def fail(self, text):
        with self.lock:
            self.broken.append(text)


def children_of(parents):
    """The processes that these have started."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1]) in parents:
                found.append(int(folder.name))
    return found


def inject(kind, postgres, nodes, workers, dice):
    """One fault, and the way back from it."""
    if kind in ("api", "worker"):
        server = dice.choice(nodes if kind == "api" else workers)
        server.kill()
        time.sleep(dice.random())
        server.start()
    elif kind == "frozen worker":
        # Longer than its lease: it wakes up as one that believes to own jobs.
        worker = dice.choice(workers)
        worker.child.send_signal(signal.SIGSTOP)
        time.sleep(4 + dice.random())
        worker.child.send_signal(signal.SIGCONT)
    elif kind == "engine child":
        children = children_of({worker.child.pid for worker in workers})
        if not children:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(dice.choice(children), signal.SIGKILL)
    elif kind == "connections":
        sql(postgres.url, "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'docket'")
    elif kind == "stopped postgres":
        postgres.stop(signal.SIGINT)
        time.sleep(OUTAGE_SECONDS)
        postgres.start()
        postgres.wait_until_ready()
    elif kind == "frozen postgres":
        frozen = [postgres.child.pid, *children_of({postgres.child.pid})]
        for how in (signal.SIGSTOP, signal.SIGCONT):
            for process in frozen:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, how)
            if how == signal.SIGSTOP:
                time.sleep(OUTAGE_SECONDS)
    elif kind == "postgres":
        postgres.kill()
        time.sleep(dice.random())
        postgres.start()
        postgres.wait_until_ready()
    return True


def check_database(postgres, load):
    """What the clients cannot see."""
    broken = []
    rows = sql(postgres.url, "select id, status, attempt, worker_losses from docket.jobs").splitlines()
    stored = {row.split("|")[0]: row.split("|") for row in rows}
    for job in load.jobs.keys() - stored.keys():
        broken.append(f"{job} was acknowledged and is lost")
    for job in stored.keys() - load.jobs.keys():
        broken.append(f"{job} is in the database, and no client knows it")
    ends = sql(postgres.url, "select job_id, count(*) from docket.job_events where status in ('succeeded', 'failed', 'cancelled') group by 1 having count(*) <> 1")
    broken += [f"not one end: {line}" for line in ends.splitlines()]
    order = sql(postgres.url, "select job_id from (select job_id, version, lag(version) over (partition by job_id order by seq) as former from docket.job_events) e where version <= former")
    broken += [f"versions out of order: {line}" for line in order.splitlines()]
    left = sql(postgres.url, "select count(*) from docket.job_leases")
    if left != "0":
        broken.append(f"{left} leases are left")
    again = sum(int(row[2]) > 1 for row in stored.values())
    return broken, again


def check_results(load):
    broken = []
    for job, (_, text) in load.jobs.items():
        told = load.ask("GET", f"/parse/{job}")
        if told is None or told[0] != 200 or text.encode() not in told[1]:
            broken.append(f"the result of {job} does not hold its document")
    return broken


def wait_until_answers(load, node):
    for _ in range(600):
        told = load.ask("GET", "/ready", turn=node)
        if told and told[0] == 200:
            return
        time.sleep(0.05)
    raise RuntimeError(f"API node {node} does not answer")


def run(args):
    dice = random.Random(args.seed)
    database = FOLDER / "postgres"
    database.mkdir()
    postgres = Postgres(database, free_port())
    common = ["--database-url", postgres.url, "--data-dir", FOLDER / "data", "--log", "info"]
    environment = {"env": os.environ | {"DOCKET_API_KEY": ""}}
    subprocess.run([args.binary, "migrate", *common], check=True, stdout=subprocess.DEVNULL)
    made = subprocess.run([args.binary, "keys", "create", "--user", "faults", "--credits", "1000000000", "--json", *common[:4]], check=True, capture_output=True, text=True)
    ports = [free_port(), free_port()]
    nodes = [Server(f"api-{port}", [args.binary, "serve", "--no-workers", "--listen", f"127.0.0.1:{port}", *common, *LEASE], port, **environment) for port in ports]
    workers = [Server(f"worker-{number}", [args.binary, "work", "--workers", "2", *common, *LEASE], **environment) for number in range(2)]
    load = Load(ports, json.loads(made.stdout)["key"], args.seed)
    threads = [threading.Thread(target=load.poller, daemon=True) for _ in range(2)]
    threads += [threading.Thread(target=load.follower, args=(number,), daemon=True) for number in range(FOLLOWERS)]
    threads += [threading.Thread(target=load.submitter, args=(args.pause,), daemon=True) for _ in range(args.submitters)]
    faults = collections.Counter()
    try:
        for node in range(2):
            wait_until_answers(load, node)
        for thread in threads:
            thread.start()
        until = time.monotonic() + args.minutes * 60
        weights = {kind: weight for kind, weight in (WEIGHTS | OUTAGES).items() if kind in args.kinds}
        while time.monotonic() < until and not load.broken:
            kind = dice.choices(list(weights), list(weights.values()))[0]
            if inject(kind, postgres, nodes, workers, dice):
                faults[kind] += 1
            time.sleep(args.between * dice.random() * 2)
            for server in nodes + workers:
                # Whoever could not start while the database was away is started again, as a supervisor would.
                if server.child.poll() is not None:
                    server.start()
        load.submitting.clear()
        for thread in threads[2 + FOLLOWERS :]:
            thread.join(timeout=60)
        settle(load, nodes + workers, args)
        broken, again = check_database(postgres, load)
        load.broken += broken + check_results(load)
    finally:
        load.checking.clear()
        for server in [*workers, *nodes]:
            server.stop()
        postgres.stop(signal.SIGINT)
    return faults, load, again


def settle(load, servers, args):
    """Every job ends, within the limit."""
    until = time.monotonic() + args.settle_seconds
    while load.open and time.monotonic() < until:
        for server in servers:
            if server.child.poll() is not None:
                server.start()
        time.sleep(0.1)
    while load.untold() and time.monotonic() < until:
        time.sleep(0.1)
    for number, job in load.untold():
        load.fail(f"follower {number} was never told of the end of {job}")
    for job in sorted(load.open):
        load.fail(f"{job} does not end, last seen {load.seen.get(job)}")


def show_errors():
    """What the servers said of faults of their own."""
    for log in sorted(FOLDER.glob("*.log")):
        lines = [line for line in log.read_text(errors="replace").splitlines() if "ERROR" in line or "panicked" in line]
        for line in lines[-10:]:
            print(f"{log.stem}: {line[:600]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--kinds", nargs="+", choices=list(WEIGHTS | OUTAGES), default=list(WEIGHTS), help="faults to inject")
    parser.add_argument("--between", type=float, default=0.3, help="seconds between faults, on average")
    parser.add_argument("--pause", type=float, default=0.2, help="seconds between submits of one client, on average")
    parser.add_argument("--submitters", type=int, default=4)
    parser.add_argument("--settle-seconds", type=float, default=180)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--binary", default=str(ROOT / "target/debug/docket"))
    args = parser.parse_args()
    started = time.monotonic()
    print(f"seed {args.seed}, files in {FOLDER}", flush=True)
    faults, load, again = run(args)
    took = time.monotonic() - started
    told = ", ".join(f"{count} x {kind}" for kind, count in faults.most_common())
    print(f"{sum(faults.values())} faults in {took:.0f} s ({told})")
    print(f"{len(load.jobs)} jobs: {dict(load.ended)}, {again} of them run more than once; {load.reads} reads, {load.events} events; not answered: {dict(load.refused)}")
    for line in load.broken[:20]:
        print("BROKEN", line)
    if load.broken:
        show_errors()
    print("all promises held" if not load.broken else f"{len(load.broken)} promises broken")
    sys.exit(1 if load.broken else 0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="docket-faults-", ignore_cleanup_errors=True) as folder:
        FOLDER = pathlib.Path(folder)
        os.chmod(FOLDER, 0o755)
        main()
