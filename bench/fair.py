#!/usr/bin/env python3
"""How accounts share the workers: the wait of one job behind another account's many, in turns of a slot;
the shares by weight; claims per second with jobs of 1, 50 and 500 accounts waiting, and with jobs in backoff."""

import argparse
import concurrent.futures
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import sqlite3
import statistics
import struct
import subprocess
import tempfile
import time
import zlib

from api import DOCKET, ROOT, SAMPLE, free_port, postgres, process, wait_for

QUEUE = ROOT / "target/release/examples/queue"

# Letters of five columns and seven rows, a number for each row.
LETTERS = {"D": [30, 17, 17, 17, 17, 17, 30], "O": [14, 17, 17, 17, 17, 17, 14], "C": [14, 17, 16, 16, 16, 17, 14],
           "K": [17, 18, 20, 24, 20, 18, 17], "E": [31, 16, 16, 30, 16, 16, 31], "T": [31, 4, 4, 4, 4, 4, 4]}


def scan(width=1240, height=1754, scale=5):
    """A page of words as a picture, a PNG: it goes through the recognisers."""
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for top in range(100, height - 100, 12 * scale):
        for left, letter in zip(range(100, width - 100, 6 * scale), itertools.cycle("DOCKET ")):
            for row, bits in enumerate(LETTERS.get(letter, [])):
                for column in range(5):
                    if bits >> (4 - column) & 1:
                        for y in range(scale):
                            begin = left + column * scale
                            rows[top + row * scale + y][begin:begin + scale] = bytes(scale)
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # noqa: E731
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def make_account(name, flags, weight=1):
    made = subprocess.run([DOCKET, "keys", "create", "--user", name, "--credits", "1000000000", "--json", *flags], check=True, capture_output=True, text=True)
    if weight != 1:
        subprocess.run([DOCKET, "accounts", "set", name, "--weight", str(weight), *flags], check=True, stdout=subprocess.DEVNULL)
    return json.loads(made.stdout)["key"]


def submit_many(base, key, document, count):
    body = b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"letter.pdf\"\r\n\r\n" + document + b"\r\n--b--\r\n"

    def some(part):
        connection, ids = http.client.HTTPConnection(base.removeprefix("http://"), timeout=120), []
        for _ in range(part):
            connection.request("POST", "/parse", body, {"api-key": key, "content-type": "multipart/form-data; boundary=b"})
            ids.append(json.loads(connection.getresponse().read())["job_id"])
        return ids

    threads = min(8, count)
    parts = [count // threads + (n < count % threads) for n in range(threads)]
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        return [job for ids in pool.map(some, parts) for job in ids]


def jobs_in(folder):
    """Started and finished jobs as (account, created, started, finished) in seconds."""
    with contextlib.closing(sqlite3.connect(f"file:{folder}/docket.sqlite?mode=ro", uri=True, timeout=30)) as database:
        rows = database.execute("select user_id, created_at, started_at, finished_at from jobs where started_at is not null").fetchall()
    return [(user, *(at and at / 1e6 for at in times)) for user, *times in rows]


def until(folder, limit_s, enough):
    deadline = time.time() + limit_s
    while time.time() < deadline:
        jobs = jobs_in(folder)
        if enough(jobs):
            return jobs
        time.sleep(0.1)
    raise RuntimeError("it took too long")


@contextlib.contextmanager
def serving(folder, slots):
    base = f"http://127.0.0.1:{free_port()}"
    flags = ["--data-dir", folder]
    with process(DOCKET, "serve", "--no-workers", "--listen", base.removeprefix("http://"), "--log", "error", *flags):
        wait_for(base + "/ready")
        yield base, flags, lambda: process(DOCKET, "work", "--workers", slots, "--log", "error", *flags)


def wait_behind(document, count, slots, limit_s):
    """B submits one small job while A's many run: its wait, in turns of a slot."""
    with tempfile.TemporaryDirectory() as folder, serving(folder, slots) as (base, flags, working):
        many, one = make_account("a", flags), make_account("b", flags)
        submit_many(base, many, document, count)
        with working():
            until(folder, limit_s, lambda jobs: sum(job[3] is not None for job in jobs) >= min(slots * 2, count // 4))
            submit_many(base, one, SAMPLE.read_bytes(), 1)
            jobs = until(folder, limit_s, lambda jobs: any(user == "b" for user, *_ in jobs))
    (_, created, started, _), = [job for job in jobs if job[0] == "b"]
    turns = [finished - begun for user, _, begun, finished in jobs if user == "a" and finished]
    before = sum(user == "a" and created < begun < started for user, _, begun, _ in jobs)
    wait, turn = started - created, statistics.mean(turns)
    return f"{wait * 1000:.0f} ms | {turn * 1000:.0f} ms | {wait / turn:.2f} | {before}"


def shares(slots, jobs_each):
    weights = {"a": 1, "b": 1, "c": 2}
    with tempfile.TemporaryDirectory() as folder, serving(folder, slots) as (base, flags, working):
        keys = {name: make_account(name, flags, weight) for name, weight in weights.items()}
        for name, key in keys.items():
            submit_many(base, key, SAMPLE.read_bytes(), jobs_each)
        # While all three wait: the heaviest is through after twice its jobs.
        first = jobs_each * 3 // 2
        with working():
            jobs = until(folder, 1200, lambda jobs: len(jobs) >= first)
    order = sorted(jobs, key=lambda job: job[2])[:first]
    counts = {name: sum(user == name for user, *_ in order) for name in weights}
    total = sum(weights.values())
    off = {name: counts[name] / (first * weight / total) - 1 for name, weight in weights.items()}
    return first, counts, off


def claims(args):
    """Claims and settlements per second, one server and one database for each row."""
    binaries = [("this tree", QUEUE)] + ([("other tree", pathlib.Path(args.other))] if args.other else [])
    rows = []
    for accounts, mode, backoff in [(1, "claim", 0), (50, "claim", 0), (500, "claim", 0), (1, "batched", 0), (500, "batched", 0), (1, "claim", 20_000)]:
        rates = {name: [] for name, _ in binaries}
        for _ in range(args.rounds):
            for name, binary in binaries:
                with tempfile.TemporaryDirectory() as folder, postgres(folder) as url:
                    run = lambda *more: subprocess.run([binary, url, *map(str, more)], check=True, capture_output=True, text=True).stdout  # noqa: E731, B023
                    if backoff:
                        run("backoff", backoff)
                    run("fill", args.jobs, accounts)
                    done, took = re.search(r"RESULT (\d+) (\S+)", run(mode, args.seconds, 8)).groups()
                    rates[name].append(int(done) / float(took))
        rows.append((accounts, mode, backoff, {name: statistics.median(found) for name, found in rates.items()}))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs that wait before a round of claims")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--other", help="the example `queue` of another tree, to compare with in the same run")
    parser.add_argument("--only", choices=["waits", "shares", "claims"])
    args = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.2f}")
    if args.only in (None, "waits"):
        print("\n| A submits | B waits | a turn of a slot | turns | A's jobs started meanwhile |\n|---|---|---|---|---|")
        print(f"| 3,000 small jobs | {wait_behind(SAMPLE.read_bytes(), 3000, args.slots, 600)} |", flush=True)
        print(f"| 100 scans | {wait_behind(scan(), 100, args.slots, 900)} |", flush=True)
    if args.only in (None, "shares"):
        first, counts, off = shares(args.slots, 1000)
        told = ", ".join(f"{name} {counts[name]} ({off[name]:+.1%})" for name in counts)
        print(f"\nweights 1, 1, 2 over 3,000 jobs, the first {first}: {told}", flush=True)
    if args.only in (None, "claims"):
        print("\n| accounts | claims | in backoff | " + " | ".join(["this tree, jobs/s"] + (["other tree", "ratio"] if args.other else [])) + " |")
        print("|---|---|---|---|" + ("---|---|" if args.other else ""))
        for accounts, mode, backoff, rates in claims(args):
            cells = [f"{rate:.0f}" for rate in rates.values()]
            if args.other:
                cells.append(f"{rates['this tree'] / rates['other tree']:.2f}")
            print(f"| {accounts} | {mode} | {backoff} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
