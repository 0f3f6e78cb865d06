#!/usr/bin/env python3
"""Status reads and submits of Docket against a static axum handler, round by round."""

import argparse
import contextlib
import glob
import json
import os
import pathlib
import pwd
import re
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCKET = ROOT / "target/release/docket"
STATIC = ROOT / "target/release/examples/static_json"
SAMPLE = ROOT / "fixtures/quickstart/sample.pdf"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url):
    for _ in range(400):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).read()
            return
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


@contextlib.contextmanager
def process(*arguments, **options):
    child = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        yield child
    finally:
        child.terminate()
        child.wait(timeout=60)


@contextlib.contextmanager
def postgres(folder):
    """A throw-away cluster with fsync on: submits are durable in both measurements."""
    found = shutil.which("initdb") or (sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or [None])[-1]
    if not found:
        raise RuntimeError("Postgres is missing: apt-get install postgresql")
    binaries = pathlib.Path(os.path.realpath(found)).parent
    user = {}
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres") if "postgres" in {u.pw_name for u in pwd.getpwall()} else pwd.getpwnam("nobody")
        os.chown(folder, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid}
    data, port = pathlib.Path(folder) / "cluster", free_port()
    subprocess.run([binaries / "initdb", "-D", data, "-U", "bench", "-A", "trust"], check=True, stdout=subprocess.DEVNULL, cwd="/", **user)
    options = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    with process(binaries / "postgres", "-D", data, *options, cwd="/", **user):
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        time.sleep(0.5)
        yield f"postgres://bench@127.0.0.1:{port}/postgres"


def cpu_seconds(pid):
    """What the process and its threads have used of the processors so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wrk(url, args, script="", pid=None):
    """One load; with the server's process, also its CPU time per request, which other load on the machine hardly changes."""
    used = cpu_seconds(pid) if pid else 0
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script + """
done = function(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
""")
        file.flush()
        out = subprocess.run(["wrk", "-t1", f"-c{args.connections}", f"-d{args.seconds}s", "-s", file.name, url], check=True, capture_output=True, text=True).stdout
    requests, micros, p50, p99, errors = map(int, re.search(r"RESULT (.*)", out).group(1).split())
    if errors:
        raise RuntimeError(f"{errors} errors from {url}\n{out}")
    cpu_us = (cpu_seconds(pid) - used) / max(requests, 1) * 1e6 if pid else 0
    return {"cpu_us": cpu_us, "requests": requests, "rate": requests / micros * 1e6, "p50_ms": p50 / 1000, "p99_ms": p99 / 1000}


def submit_script(key):
    body = SAMPLE.read_bytes()
    quoted = "".join(f"\\{byte:03d}" for byte in
                     b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"letter.pdf\"\r\n\r\n" + body + b"\r\n--b--\r\n")
    return f'wrk.method = "POST"\nwrk.headers["api-key"] = "{key}"\nwrk.headers["content-type"] = "multipart/form-data; boundary=b"\nwrk.body = "{quoted}"\n'


def key_of(flags, docket=DOCKET):
    made = subprocess.run([docket, "keys", "create", "--user", "bench", "--credits", "1000000000", "--json", *flags], check=True, capture_output=True, text=True)
    return json.loads(made.stdout)["key"]


def finished_job(base, key, flags, docket=DOCKET):
    """One job through a worker of its own, so that none runs while submits are measured."""
    import http.client
    host = base.removeprefix("http://")
    boundary = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"letter.pdf\"\r\n\r\n"
    connection = http.client.HTTPConnection(host)
    connection.request("POST", "/parse", boundary + SAMPLE.read_bytes() + b"\r\n--b--\r\n", {"api-key": key, "content-type": "multipart/form-data; boundary=b"})
    job = json.loads(connection.getresponse().read())["job_id"]
    with process(docket, "work", *flags):
        for _ in range(400):
            connection.request("GET", f"/jobs/{job}", headers={"api-key": key})
            if json.loads(connection.getresponse().read())["status"] == "COMPLETED":
                return job
            time.sleep(0.05)
    raise RuntimeError("the job did not end")


def measure(name, flags, static, args, rows, docket=DOCKET):
    base = f"http://127.0.0.1:{free_port()}"
    serve = lambda *more: process(docket, "serve", "--no-workers", "--listen", base.removeprefix("http://"), "--log", "error", *flags, *more)  # noqa: E731

    def compare(kind, url, script, server):
        for _ in range(args.rounds):
            yardstick = wrk(static + "/jobs/x", args)
            rows.setdefault(f"{kind}, {name}", []).append((wrk(url, args, script, server.pid), yardstick))

    with serve() as server:
        wait_for(base + "/ready")
        key = key_of(flags, docket)
        job = f"{base}/jobs/{finished_job(base, key, flags, docket)}"
        with_key = f'wrk.headers["api-key"] = "{key}"\n'
        compare("status from memory", job, with_key, server)
        compare("submit", f"{base}/parse", submit_script(key), server)
    with serve("--status-memory-mb", "0") as server:
        wait_for(base + "/ready")
        compare("status without memory", job, with_key, server)


def report(rows, args):
    print(f"\n{args.rounds} rounds, {args.seconds} s each, {args.connections} connections, {os.cpu_count()} processors shared with the load; median (min-max)\n")
    print("| what | of static | per second | static per second | p50 / p99 ms | server CPU us per request |")
    print("|---|---|---|---|---|---|")
    spread = lambda values, form: f"{form(statistics.median(values))} ({form(min(values))}-{form(max(values))})"  # noqa: E731
    for kind, pairs in rows.items():
        ratio = spread([own["rate"] / yard["rate"] for own, yard in pairs], lambda v: f"{v:.3f}")
        rate = spread([own["rate"] for own, _ in pairs], lambda v: f"{v:,.0f}")
        static = spread([yard["rate"] for _, yard in pairs], lambda v: f"{v:,.0f}")
        p50 = statistics.median(own["p50_ms"] for own, _ in pairs)
        p99 = statistics.median(own["p99_ms"] for own, _ in pairs)
        cpu = spread([own["cpu_us"] for own, _ in pairs], lambda v: f"{v:.1f}")
        print(f"| {kind} | {ratio} | {rate} | {static} | {p50:.1f} / {p99:.1f} | {cpu} |")


def raise_file_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--other", type=pathlib.Path, metavar="BINARY", help="measure another build of docket in the same run")
    args = parser.parse_args()
    raise_file_limit()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        static = f"http://127.0.0.1:{free_port()}"
        with process(STATIC, static.removeprefix("http://")):
            wait_for(static + "/jobs/x")
            builds = [("", DOCKET)] + ([(" (other)", args.other)] if args.other else [])
            for word, docket in builds:
                measure(f"SQLite{word}", ["--data-dir", f"{folder}/sqlite{word}"], static, args, rows, docket)
            for word, docket in builds:
                with tempfile.TemporaryDirectory() as cluster, postgres(cluster) as url:
                    flags = ["--data-dir", f"{folder}/postgres{word}", "--database-url", url]
                    measure(f"Postgres{word}", flags, static, args, rows, docket)
    report(rows, args)


if __name__ == "__main__":
    main()
