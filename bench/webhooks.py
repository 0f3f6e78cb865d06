#!/usr/bin/env python3
"""Messages per second to many quick endpoints, and the time from a job's end to its messages.

usage: dev/bench webhooks [--endpoints N] [--rate N] [--seconds N] [--burst N] [--database sqlite|postgres]

One process serves and delivers; the accounts have as many endpoints as they may, and the receiver
(`crates/server/examples/webhook_receiver.rs`) takes each message at once. Jobs wait without workers
and are cancelled, which ends them. First so many that their messages come at the rate; then as many
as make the burst, as fast as they can be cancelled. DOCKET and RECEIVER name other binaries than
those of target/release.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time
import urllib.request

from api import ROOT, SAMPLE, free_port, postgres, process, wait_for

DOCKET = pathlib.Path(os.environ.get("DOCKET", ROOT / "target/release/docket"))
RECEIVER = pathlib.Path(os.environ.get("RECEIVER", ROOT / "target/release/examples/webhook_receiver"))
ENDPOINTS_MAX = 20
CLIENTS = 8
LOCAL = threading.local()


class Api:
    def __init__(self, host):
        self.host = host

    def ask(self, method, path, key, body=None, kind="application/json"):
        if getattr(LOCAL, "host", None) != self.host:
            LOCAL.host, LOCAL.connection = self.host, http.client.HTTPConnection(self.host)
        LOCAL.connection.request(method, path, body, {"api-key": key, "content-type": kind})
        answer = LOCAL.connection.getresponse()
        told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {told[:200]}")
        return json.loads(told)

    def submit(self, key):
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="letter.pdf"\r\n\r\n'
        body = head + SAMPLE.read_bytes() + b"\r\n--b--\r\n"
        return self.ask("POST", "/parse", key, body, "multipart/form-data; boundary=b")["job_id"]

    def cancel(self, job):
        self.ask("DELETE", f"/jobs/{job[1]}", job[0])


def numbers(receiver):
    return json.loads(urllib.request.urlopen(f"{receiver}/numbers", timeout=30).read())


def measure(name, flags, args):
    listen, receiving = f"127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}"
    api = Api(listen)
    with process(RECEIVER, receiving.rsplit(":", 1)[1]), process(
            DOCKET, "serve", "--no-workers", "--allow-private-hosts", "--listen", listen, "--log", "error", *flags):
        wait_for(f"http://{listen}/ready")
        wait_for(f"{receiving}/numbers")
        accounts = -(-args.endpoints // ENDPOINTS_MAX)
        keys = []
        for account in range(accounts):
            made = subprocess.run([DOCKET, "keys", "create", "--user", f"bench{account}", "--credits", "1000000000", "--json", *flags],
                                  check=True, capture_output=True, text=True)
            keys.append(json.loads(made.stdout)["key"])
        for endpoint in range(args.endpoints):
            body = json.dumps({"url": f"{receiving}/hook/{endpoint}"})
            api.ask("POST", "/webhooks", keys[endpoint % accounts], body)
        each = args.endpoints / accounts

        def idle():
            metrics = urllib.request.urlopen(f"http://{listen}/metrics", timeout=30).read().decode()
            values = [line.split()[1] for line in metrics.splitlines() if line.startswith("docket_webhook_deliveries_pending")]
            return all(float(value) == 0 for value in values)

        def settled():
            until = time.monotonic() + 300
            time.sleep(1)
            while not idle() and time.monotonic() < until:
                time.sleep(0.2)
            return numbers(receiving)

        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            ends = max(accounts, round(args.rate * args.seconds / each))
            submit = lambda count: list(pool.map(lambda n: (keys[n % accounts], api.submit(keys[n % accounts])), range(count)))  # noqa: E731
            jobs = submit(ends)
            numbers(receiving)
            begun, waiting = time.monotonic(), []
            for count, job in enumerate(jobs):
                time.sleep(max(0, begun + count * args.seconds / ends - time.monotonic()))
                waiting.append(pool.submit(api.cancel, job))
            for one in waiting:
                one.result()
            paced = settled()
            jobs = submit(max(accounts, round(args.burst / each)))
            numbers(receiving)
            list(pool.map(api.cancel, jobs))
            burst = settled()
    print(f"| {name} | {args.endpoints} | {paced['messages'] / max(paced['seconds'], 1e-9):,.0f} | {paced['p50_ms']} / {paced['p99_ms']} / {paced['max_ms']} "
          f"| {burst['messages']:,} | {burst['messages'] / max(burst['seconds'], 1e-9):,.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoints", type=int, default=50)
    parser.add_argument("--rate", type=float, default=1000, help="messages per second while the times are measured")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--burst", type=int, default=20000, help="messages of the burst")
    parser.add_argument("--database", choices=["sqlite", "postgres"])
    args = parser.parse_args()
    print("| database | endpoints | paced: messages/s | end to receipt p50 / p99 / max ms | burst: messages | messages/s |")
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "target") as folder:
        if args.database != "postgres":
            measure("SQLite", ["--data-dir", f"{folder}/sqlite"], args)
    if args.database != "sqlite":
        with tempfile.TemporaryDirectory() as folder, postgres(folder) as url:
            measure("Postgres", ["--data-dir", f"{folder}/data", "--database-url", url], args)


if __name__ == "__main__":
    main()
