"""The processes of a fault run: how they start, are killed, frozen and seen, and where they write."""

import contextlib
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import threading
import time

from postgres import binaries, server_owner, sql, wait_for_port

FAKETIME = next(iter(sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


class Server:
    """Something that is killed and comes back. Whoever does that to it holds `lock`."""

    def __init__(self, name, command, folder, environment=None, steps=True, **options):
        self.name, self.command, self.folder, self.options = name, [str(part) for part in command], folder, options
        self.lock, self.child, self.started = threading.RLock(), None, 0.0
        self.clock = folder / f"{name}.clock"
        self.environment = dict(environment or os.environ)
        if FAKETIME and steps:
            self.clock.write_text("+0\n")
            self.environment |= {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.clock),
                                 "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}
        self.log = open(folder / f"{name}.log", "ab")

    def start(self):
        self.started = time.monotonic()
        self.child = subprocess.Popen(self.command, stdout=self.log, stderr=self.log, env=self.environment, **self.options)

    def step_clock(self, seconds):
        # In one write: whoever reads it sees the old or the new time.
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}\n")
        os.chmod(fresh, 0o644)
        fresh.rename(self.clock)

    def kill(self, how=signal.SIGKILL):
        if self.child.poll() is None:
            self.child.send_signal(how)
        self.child.wait()

    def stop(self, how=signal.SIGTERM, seconds=60):
        if self.child and self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(timeout=seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    def is_dead(self):
        return self.child.poll() is not None


class Postgres(Server):
    """A cluster with fsync on; its clock can be stepped unless a measurement says otherwise."""

    def __init__(self, folder, place, port, steps=True):
        owner = server_owner()
        if owner:
            os.chown(place, owner["user"], owner["group"])
        self.port, self.data = port, place / "cluster"
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
        subprocess.run([binaries() / "initdb", "-D", self.data, "-U", "owner", "-A", "trust"], **quiet, **owner)
        settings = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={place}", "max_connections=300", "restart_after_crash=on",
                    "max_wal_size=256MB", "min_wal_size=32MB", "log_min_messages=error", "log_min_error_statement=error"]
        command = [binaries() / "postgres", "-D", self.data, *(part for setting in settings for part in ("-c", setting))]
        super().__init__("postgres", command, folder, steps=steps, cwd="/", **owner)
        self.url = f"postgres://owner@127.0.0.1:{port}/postgres"
        self.start()
        wait_for_port(port, self.child)
        self.wait_until_ready()

    def is_ready(self):
        return subprocess.run([binaries() / "pg_isready", "-q", "-d", self.url], capture_output=True).returncode == 0

    def wait_until_ready(self, seconds=90):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.is_ready():
                return
            if self.is_dead():
                self.start()  # backends of the killed server were still there
            time.sleep(0.05)
        raise RuntimeError("Postgres does not come back")


class Database:
    """Reads what lies in the database, past all proxies, with the same statements on both."""

    def __init__(self, postgres=None, file=None):
        self.postgres, self.file = postgres, file

    def rows(self, text):
        """Rows as lists of texts; `{s}` is the schema, `{id:X}`, `{at:X}` an id and seconds since 1970 as text."""
        if self.postgres:
            text = render(text, "docket.", "{0}::text", "extract(epoch from {0})")
            return [line.split("|") for line in sql(self.postgres.url, text).splitlines()]
        text = render(text, "", "lower(hex({0}))", "({0} / 1000000.0)")
        with contextlib.closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True, timeout=30)) as connection:
            return [["" if field is None else str(field) for field in row] for row in connection.execute(text)]

    def try_rows(self, text):
        """The same; nothing while the database is away."""
        try:
            return self.rows(text)
        except (RuntimeError, sqlite3.Error):
            return []

    def number(self, text):
        return int(float(self.rows(text)[0][0] or 0))


def render(text, schema, as_id, as_instant):
    """Fills the three kinds of braces."""
    text = text.replace("{s}", schema)
    for mark, form in (("{id:", as_id), ("{at:", as_instant)):
        while (start := text.find(mark)) >= 0:
            end = text.index("}", start)
            text = text[:start] + form.format(text[start + len(mark) : end]) + text[end + 1 :]
    return text


def uuid_of(text):
    """An id as both databases tell it, as the API does."""
    plain = text.replace("-", "")
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:])) if len(plain) == 32 else text


class Wire:
    """The process of `wire.py`."""

    def __init__(self, proxies, receivers, receipts):
        self.lock = threading.Lock()
        plan = json.dumps({"proxies": proxies, "receivers": receivers, "receipts": str(receipts)})
        program = pathlib.Path(__file__).with_name("wire.py")
        self.child = subprocess.Popen([sys.executable, program, plan], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.child.stdout.readline() == "ready\n"

    def tell(self, name, **wish):
        with self.lock:
            self.child.stdin.write(json.dumps({"name": name} | wish) + "\n")
            self.child.stdin.flush()
            assert self.child.stdout.readline() == "done\n"

    def stop(self):
        self.child.stdin.close()
        self.child.wait(timeout=10)


# Room for the documents and results of a run of 2,000 faults.
DISK = "14g"


class Disk:
    """A file system of its own that can be made full, where this user may mount one."""

    def __init__(self, folder):
        self.folder, self.full = folder, False
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0755", "tmpfs", folder]
        self.mounted = os.getuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.folder], check=True, capture_output=True)

    def fill(self):
        """Leaves a few pages; the size may not be below what is in use."""
        for room in (16, 64, 256, 1024):
            stat = os.statvfs(self.folder)
            used = (stat.f_blocks - stat.f_bfree) * stat.f_frsize
            with contextlib.suppress(subprocess.CalledProcessError):
                self.resize(f"{used // 1024 + room}k")
                return

    def free(self):
        self.resize(DISK)

    def close(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], check=False)


def children_of(parents):
    """The processes that these have started, each with the state that the system tells."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) in parents:
                found.append((int(folder.name), fields[0]))
    return found
