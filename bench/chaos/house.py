"""The house of a fault run: API nodes, workers, a database, a bucket, receivers, and what is between."""

import json
import os
import re
import subprocess
import threading
import time
import urllib.request

from conftest import free_port
from load import Account, Load
from servers import Database, Disk, Postgres, Server, Wire, uuid_of

LEASE_S = 3
SLOTS = 2
# Attempts and losses without end: here every job has to succeed in the end.
PATIENCE = ["--lease-s", LEASE_S, "--heartbeat-s", "1", "--sweep-s", "1", "--backoff-s", "0,1,1", "--worker-losses-max", "1000", "--attempts-max", "1000",
            "--page-cpu-s", "3", "--grace-s", "5", "--allow-private-hosts", "true", "--webhook-timeout-s", "3", "--webhook-backoff-s", ",".join(["1"] * 500),
            "--webhook-failures-max", "1000000"]
ACCOUNTS = [Account("large", 30, 90, 4), Account("middle", 8, 6, 2), Account("small", 1, 1, 1)]


class House:
    lease_s = LEASE_S

    def __init__(self, args, folder):
        self.args, self.folder, self.timers = args, folder, []
        self.disks = [Disk(folder / "data")]
        self.postgres = None
        if args.database == "postgres":
            self.disks.append(Disk(folder / "cluster"))
            self.postgres = Postgres(folder, folder / "cluster", free_port())
        self.data = folder / "data" / "docket"
        self.database = Database(self.postgres, self.data / "docket.sqlite")
        ports = [free_port() for _ in range(2 if self.postgres else 1)]
        self.open_wires(ports)
        url = lambda name: ["--database-url", self.database_url(name)] if self.postgres else []  # noqa: E731
        blobs = ["--blob-url", "s3://faults/docket", "--blob-endpoint", self.bucket, "--blob-region", "us-east-1",
                 "--blob-access-key-id", "key", "--blob-secret-access-key", "secret"] if self.bucket else []
        self.place = ["--data-dir", self.data, *blobs]
        environment = os.environ | {"DOCKET_API_KEY": "", "MALLOC_ARENA_MAX": "2"}
        serve = [args.binary, "serve", "--log", "info", *self.place, *map(str, PATIENCE), *args.docket_flags]
        alone = ["--workers", SLOTS] if not self.postgres else ["--no-workers"]
        self.nodes = [Server(f"api-{number}", [*serve, *url(f"api-{number}"), *alone, "--listen", f"127.0.0.1:{port}"], folder, environment)
                      for number, port in enumerate(ports)]
        work = [args.binary, "work", "--workers", SLOTS, "--log", "info", *self.place, *map(str, PATIENCE), *args.docket_flags]
        self.workers = [Server(f"worker-{number}", [*work, *url(f"worker-{number}")], folder, environment) for number in range(2)]
        own = ["--database-url", self.postgres.url] if self.postgres else []
        if self.postgres:
            subprocess.run([args.binary, "migrate", *map(str, [*self.place, *own])], check=True, stdout=subprocess.DEVNULL)
        for node in self.nodes:
            node.start()
        self.wait_until_ready(ports)
        for account in ACCOUNTS:
            command = [args.binary, "keys", "create", "--user", account.name, "--credits", "1000000000", "--json", *self.place, *own]
            account.key = json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)["key"]
        for worker in self.workers:
            worker.start()
        self.load = Load(ports, ACCOUNTS, args.seed)
        self.endpoints = {}
        self.make_endpoints()

    # -- making -----------------------------------------------------------------------------------

    def open_wires(self, ports):
        names = [f"api-{number}" for number in range(len(ports))] + ["worker-0", "worker-1"]
        proxies, self.wires = {}, {}
        if self.postgres:
            self.wires = {name: free_port() for name in names}
            proxies = {name: (port, self.postgres.port) for name, port in self.wires.items()}
        self.database_wires, self.bucket, self.bucket_wire, self.moto = list(self.wires), None, None, None
        if self.args.blobs == "bucket":
            self.start_bucket(proxies)
        self.receiver_ports = {f"receiver-{letter}": free_port() for letter in "ab"}
        self.receivers = list(self.receiver_ports)
        self.receipts = self.folder / "receipts.jsonl"
        self.wire = Wire(proxies, self.receiver_ports, self.receipts)

    def start_bucket(self, proxies):
        behind, port = free_port(), free_port()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.moto = subprocess.Popen(["moto_server", "-H", "127.0.0.1", "-p", str(behind)], **quiet)
        for _ in range(600):
            try:
                urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{behind}/faults", method="PUT"), timeout=5).read()
                break
            except OSError:
                time.sleep(0.05)
        proxies["bucket"] = (port, behind)
        self.bucket, self.bucket_wire = f"http://127.0.0.1:{port}", "bucket"

    def database_url(self, name):
        return self.postgres.url.replace(f":{self.postgres.port}/", f":{self.wires[name]}/")

    def wait_until_ready(self, ports):
        for port in ports:
            for _ in range(1200):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5).read()
                    break
                except OSError:
                    time.sleep(0.05)
            else:
                raise RuntimeError(f"the API on port {port} does not become ready")

    def make_endpoints(self):
        for account in ACCOUNTS:
            for name, port in self.receiver_ports.items():
                path = f"/{name}/{account.name}"
                body = json.dumps({"url": f"http://127.0.0.1:{port}{path}"})
                status, told = self.load.ask(account, "POST", "/webhooks", body, {"content-type": "application/json"})
                assert status == 201, told
                self.endpoints[path] = account.name
                self.wire.tell(name, secrets={path: json.loads(told)["secret"]})

    # -- looking ----------------------------------------------------------------------------------

    def servers(self):
        return [*([self.postgres] if self.postgres else []), *self.nodes, *self.workers]

    def slots(self):
        return SLOTS * (len(self.workers) + (0 if self.postgres else len(self.nodes)))

    def own_clocks(self):
        """The processes whose clock is the database's."""
        return [self.postgres] if self.postgres else [*self.nodes, *self.workers]

    def foreign_clocks(self):
        return [*self.nodes, *self.workers] if self.postgres else []

    def leases(self):
        return self.database.try_rows("select {id:job_id}, {id:worker_id} from {s}job_leases")

    def leases_of(self, server):
        """Jobs that this process holds, by the id that it wrote in its log at its last start."""
        with open(server.log.name, "rb") as log:
            log.seek(max(0, os.path.getsize(server.log.name) - 200_000))
            found = re.findall(rb"worker\.id.{0,8}?=.{0,8}?([0-9a-f]{8}-[0-9a-f-]{27})", log.read())
        own = uuid_of(found[-1].decode()) if found else ""
        return [uuid_of(job) for job, worker in self.leases() if uuid_of(worker) == own]

    def messages_waiting(self):
        rows = self.database.try_rows("select count(*) from {s}webhook_deliveries where status = 'pending'")
        return bool(rows and int(rows[0][0]))

    def hold_locks(self, seconds):
        """Runs beside everything in a connection of its own."""
        if not self.postgres:
            return self.hold_file(seconds)
        text = (f"begin; set local idle_in_transaction_session_timeout = '20s'; select count(*) from (select 1 from docket.jobs where finished_at is null "
                f"order by random() limit 5 for update) j; select count(*) from (select 1 from docket.accounts order by random() limit 1 for update) a; "
                f"select pg_sleep({seconds:.2f}); rollback")
        return bool(self.database.try_rows(text))

    def hold_file(self, seconds):
        import sqlite3
        try:
            connection = sqlite3.connect(self.data / "docket.sqlite", timeout=5, isolation_level=None)
            connection.execute("begin immediate")
            time.sleep(seconds)
            connection.execute("rollback")
            connection.close()
            return True
        except sqlite3.Error:
            return False

    # -- keeping ----------------------------------------------------------------------------------

    def later(self, seconds, action):
        timer = threading.Timer(seconds, action)
        timer.daemon = True
        timer.start()
        self.timers.append(timer)

    def supervise(self):
        """Starts again what could not stay while something else was away, as a supervisor would."""
        for server in self.servers():
            if server.lock.acquire(blocking=False):
                try:
                    if server.is_dead():
                        server.start()
                finally:
                    server.lock.release()

    def heal(self):
        """After the last fault: everything runs, every clock is right, nothing is in the way."""
        for name in [*self.database_wires, *([self.bucket_wire] if self.bucket_wire else []), *self.receivers]:
            self.wire.tell(name, mode="pass" if name not in self.receivers else "ok")
        for disk in self.disks:
            if disk.mounted:
                disk.free()
        for server in self.servers():
            server.step_clock(0)
        if self.postgres:
            with self.postgres.lock:
                self.postgres.wait_until_ready()
        self.supervise()

    def close(self):
        for timer in self.timers:
            timer.cancel()
        for server in [*self.workers, *self.nodes]:
            server.stop()
        if self.postgres:
            self.postgres.stop(2)
        self.wire.stop()
        if self.moto:
            self.moto.kill()
            self.moto.wait()
        for disk in self.disks:
            disk.close()
