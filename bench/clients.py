#!/usr/bin/env python3
"""Many clients of one or two API nodes while jobs change: what they cost, how late they hear, and whether a read ever goes back.

One process changes jobs at a steady rate through the database, as a worker does (`changes`, an example of the store).
Measured in turn: memory per server-sent-event client and the time from a change's commit to its client; memory per
held read (?wait=30); how old the answers of reads are that are sent as fast as this program and wrk can; and the time
from a submit to its claim by a worker process. Instants are of one clock, that of this machine.
"""

import argparse
import asyncio
import bisect
import contextlib
import os
import random
import re
import resource
import subprocess
import tempfile
import time
import urllib.request

from api import ROOT, SAMPLE, free_port, key_of, postgres, process, wait_for
from http_raw import Events, Polls, ask, connect

# Descriptors that a process needs beside those of its clients.
OTHER_FILES = 500
HOLD_SECONDS = 30
# All clients here are one account.
HELD_BY_ONE = [word for what in ("streams", "held-reads", "requests") for word in (f"--{what}-per-account", 1_000_000)]


def now_us():
    return time.time_ns() // 1000


def percentiles(values, *which):
    ordered = sorted(values)
    return [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in which] if ordered else [float("nan")] * len(which)


class Node:
    """An API node."""

    def __init__(self, child, port):
        self.child, self.port, self.base = child, port, f"http://127.0.0.1:{port}"

    def rss_kib(self):
        with open(f"/proc/{self.child.pid}/status") as status:
            return int(next(line for line in status if line.startswith("VmRSS:")).split()[1])

    def cpu_s(self):
        with open(f"/proc/{self.child.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def files(self):
        return len(os.listdir(f"/proc/{self.child.pid}/fd"))

    def number(self, name):
        text = urllib.request.urlopen(self.base + "/metrics", timeout=60).read().decode()
        return float(re.search(rf"^{name} (.*)$", text, re.M).group(1))


class Changes:
    """The process that changes jobs, and what it says it did."""

    def __init__(self, program, database, rate, jobs, writers=16):
        command = [program, database, rate, jobs, writers]
        self.child = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ids = []
        for line in self.child.stdout:
            if line == b"\n":
                break
            self.ids.append(line.decode().strip())
        self.done = [([], []) for _ in self.ids]  # per job: versions, and when they were committed
        self.count = 0

    async def follow(self):
        """Reads what it says until it ends."""
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self.child.stdout)
        async for line in reader:
            place, version, _, done = map(int, line.split())
            self.done[place][0].append(version)
            self.done[place][1].append(done)
            self.count += 1

    def committed_at(self, place, version):
        versions, at = self.done[place]
        found = bisect.bisect_left(versions, version)
        return at[found] if found < len(versions) and versions[found] == version else None

    def end(self):
        self.child.stdin.close()
        self.child.wait(timeout=60)


async def streams(nodes, key, changes, args):
    """Server-sent events: one client per job, the nodes in turn."""
    before, clients = [node.rss_kib() for node in nodes], []
    for number, job in enumerate(changes.ids[: args.streams]):
        node = nodes[number % len(nodes)]
        clients.append(await connect(node.port, Events(f"/jobs/{job}/events", key)))
    await asyncio.gather(*(client.first for client in clients))
    per_client = (sum(node.rss_kib() for node in nodes) - sum(before)) / len(clients)
    began, already = time.monotonic(), changes.count
    await asyncio.sleep(args.seconds)
    rate = (changes.count - already) / (time.monotonic() - began)
    after = (sum(node.rss_kib() for node in nodes) - sum(before)) / len(clients)
    since = now_us() - int(args.seconds * 1e6)
    await asyncio.sleep(0.5)
    delays, backward = [], 0
    for place, client in enumerate(clients):
        backward += sum(later[0] <= earlier[0] for earlier, later in zip(client.told, client.told[1:]))
        for version, heard in client.told:
            committed = changes.committed_at(place, version)
            if committed is not None and committed >= since:
                delays.append(max(0, heard - committed) / 1000)
    # Whoever listens has the latest version, half a second after the last change that counts.
    behind = sum(bool(changes.done[place][0]) and client.told[-1][0] < latest_before(changes, place, now_us() - 1_000_000) for place, client in enumerate(clients))
    for client in clients:
        client.close()
    p50, p99, most = percentiles(delays, 0.5, 0.99, 1)
    print(f"| streams | {len(clients):,} clients, {rate:,.0f} changes/s: {per_client:.1f} KiB a client at rest, {after:.1f} KiB under load; change to client p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {most:.0f} ms of {len(delays):,}; {backward} backward, {behind} behind |", flush=True)


def latest_before(changes, place, at_us):
    versions, at = changes.done[place]
    found = bisect.bisect_right(at, at_us)
    return versions[found - 1] if found else 0


async def held(nodes, key, jobs, args):
    """Reads that wait for a change that does not come: each is answered after 30 s, and asked once more."""
    before, polls = [node.rss_kib() for node in nodes], []
    began = time.monotonic()
    for number in range(args.held):
        node = nodes[number % len(nodes)]
        polls.append(await connect(node.port, Polls(key)))
        polls[-1].start(f"/jobs/{jobs[number % len(jobs)]}?wait={HOLD_SECONDS}")
        if number % 200 == 199:
            await asyncio.sleep(0)
    while sum(node.number("docket_job_watchers") for node in nodes) < args.held:
        if time.monotonic() - began > HOLD_SECONDS:
            raise RuntimeError("not all reads are held")
        await asyncio.sleep(0.2)
    opened = time.monotonic() - began
    per_client = (sum(node.rss_kib() for node in nodes) - sum(before)) / len(polls)
    files, cpu, mark = [node.files() for node in nodes], sum(node.cpu_s() for node in nodes), time.monotonic()
    await asyncio.sleep(5)
    cpu = (sum(node.cpu_s() for node in nodes) - cpu) / (time.monotonic() - mark)
    answers = await asyncio.gather(*(poll.answer for poll in polls))
    waits = [poll.took for poll in polls]
    bad = sum(status != 200 for status, *_ in answers)
    for poll in polls:
        poll.close()
    print(f"| held reads | {len(polls):,} held at once, {max(files):,} files open, all there after {opened:.1f} s: {per_client:.1f} KiB a client, {cpu * 100:.0f} % of a processor while they wait; answered after {min(waits):.1f}-{max(waits):.1f} s, {bad} not with 200 |", flush=True)


async def reads(nodes, key, changes, args):
    """Reads as fast as they go: how old is what they show, and does any go back?"""
    floor, seen, backward, counts = [0] * len(changes.ids), [], [], [0]
    until = time.monotonic() + args.seconds

    async def read(number):
        polls = [await connect(node.port, Polls(key)) for node in nodes]
        dice, turn = random.Random(number), number
        while time.monotonic() < until:
            place = dice.randrange(args.read_jobs)
            least, sent = floor[place], now_us()
            polls[turn % len(polls)].start(f"/jobs/{changes.ids[place]}")
            status, version = await polls[turn % len(polls)].answer
            turn += 1
            if status != 200:
                raise RuntimeError(f"a read was answered {status}")
            if version < least:
                backward.append((place, version, least))
            floor[place] = max(floor[place], version)
            seen.append((place, version, sent))
        for poll in polls:
            poll.close()

    load = [
        await asyncio.create_subprocess_exec("wrk", "-t1", "-c16", f"-d{args.seconds}s", "-H", f"api-key: {key}", f"{node.base}/jobs/{changes.ids[0]}", stdout=subprocess.PIPE)
        for node in nodes
    ]
    already, began = changes.count, time.monotonic()
    await asyncio.gather(*(read(number) for number in range(args.readers)))
    rate = (changes.count - already) / (time.monotonic() - began)
    others = [float(re.search(r"Requests/sec:\s*([\d.]+)", (await one.communicate())[0].decode()).group(1)) for one in load]
    await asyncio.sleep(0.5)
    ages = [age_ms(changes, place, version, sent) for place, version, sent in seen]
    p50, p99, most = percentiles(ages, 0.5, 0.99, 1)
    old = sum(age > 0 for age in ages)
    print(f"| reads | {len(seen) / args.seconds:,.0f} checked and {sum(others):,.0f} further reads/s, {rate:,.0f} changes/s: {len(backward)} backward of {len(seen):,}; older than a commit before they were sent: {old:,}, by p50 {p50:.1f}, p99 {p99:.1f}, max {most:.1f} ms |", flush=True)


def age_ms(changes, place, version, sent_us):
    """For how long the shown version had been outdated when it was asked for."""
    versions, at = changes.done[place]
    following = bisect.bisect_right(versions, version)
    return max(0, sent_us - at[following]) / 1000 if following < len(at) else 0


async def pickup(node, key, flags, docket, args):
    """From a submit to its claim by a worker process, by the instants of the database."""
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="letter.pdf"\r\n\r\n' + SAMPLE.read_bytes() + b"\r\n--b--\r\n"
    events = await connect(node.port, Events("/events", key, changes_of_all=True))
    with process(docket, "work", "--workers", 2, "--log", "error", *flags):
        await asyncio.sleep(1)
        for _ in range(args.submits):
            began = time.monotonic()
            status, _ = await ask(node.port, "POST", "/parse", key, body, "multipart/form-data; boundary=b")
            if status != 200:
                raise RuntimeError(f"a submit was answered {status}")
            await asyncio.sleep(max(0, 0.05 - (time.monotonic() - began)))
        for _ in range(300):
            if len(events.started) == args.submits:
                break
            await asyncio.sleep(0.1)
    waits = [events.started[job] - events.queued[job] for job in events.started if job in events.queued]
    events.close()
    p50, p99, most = percentiles(waits, 0.5, 0.99, 1)
    print(f"| pickup | {len(waits)} of {args.submits} submits, 20 a second, a worker process with two slots: submit to claim p50 {p50:.0f} ms, p99 {p99:.0f} ms, max {most:.0f} ms |", flush=True)


async def measure(name, flags, database, nodes, args):
    print(f"\n{name} (load average {os.getloadavg()[0]:.1f})\n\n| | |\n|---|---|", flush=True)
    key = key_of(flags, args.docket)
    await pickup(nodes[0], key, flags, args.docket, args)
    changes = Changes(args.changes, database, args.rate, args.streams)
    following = asyncio.create_task(changes.follow())
    try:
        await streams(nodes, key, changes, args)
        await reads(nodes, key, changes, args)
    finally:
        changes.end()
        await following
    await held(nodes, key, changes.ids, args)


def serve(stack, count, flags, args, *more):
    nodes = []
    for _ in range(count):
        port = free_port()
        child = stack.enter_context(process(args.docket, "serve", "--no-workers", "--listen", f"127.0.0.1:{port}", "--log", "error", *HELD_BY_ONE, *flags, *more))
        wait_for(f"http://127.0.0.1:{port}/ready")
        nodes.append(Node(child, port))
    return nodes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=2000, help="clients of server-sent events, and jobs that change")
    parser.add_argument("--held", type=int, default=20000, help="reads that wait at the same time")
    parser.add_argument("--rate", type=float, default=1000, help="changes per second, if the machine sustains them")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--read-jobs", type=int, default=50, help="jobs whose reads are checked")
    parser.add_argument("--submits", type=int, default=200)
    parser.add_argument("--only", nargs="+", choices=["sqlite", "postgres", "nodes"], default=["sqlite", "postgres", "nodes"])
    parser.add_argument("--docket", default=str(ROOT / "target/release/docket"))
    parser.add_argument("--changes", default=str(ROOT / "target/release/examples/changes"))
    args = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if args.held > most - OTHER_FILES:
        args.held = most - OTHER_FILES
        print(f"a process may open {most:,} files here: {args.held:,} reads are held")
    for what in args.only:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cluster, contextlib.ExitStack() as stack:
            flags, database = ["--data-dir", f"{folder}/data"], f"{folder}/data/docket.sqlite"
            if what != "sqlite":
                database = stack.enter_context(postgres(cluster))
                flags += ["--database-url", database]
                subprocess.run([args.docket, "migrate", "--log", "warn", *flags], check=True, stdout=subprocess.DEVNULL)
            name, count, more = {
                "sqlite": ("One node, SQLite", 1, []),
                "postgres": ("One node, Postgres, `--sole-api-node`", 1, ["--sole-api-node"]),
                "nodes": ("Two nodes in turn, Postgres", 2, []),
            }[what]
            nodes = serve(stack, count, flags, args, *more)
            asyncio.run(measure(name, flags, database, nodes, args))


if __name__ == "__main__":
    main()
