#!/usr/bin/env python3
"""Whether one client can stop the others: silent connections, and a flood of submits.

Part 1: a server that may open 1,024 files gets 1,100 connections from 127.0.0.1 that say nothing;
meanwhile `/health` is asked from 127.0.0.2 and from 127.0.0.1. It should answer the first within 1 s
throughout, and the second after 30 s at most. Part 2: account A floods submits of a tiny workbook and of
a PDF; the time of account B's submits is measured without A and beside it.
"""

import argparse
import contextlib
import http.client
import io
import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "clients"), str(ROOT / "bench" / "chaos")]
from conftest import free_port, make_pdf  # noqa: E402
from oracle import percentile, spread  # noqa: E402
from postgres import project  # noqa: E402

ATTACKER, OTHER = "127.0.0.1", "127.0.0.2"
MERGED = '<mergeCells count="1"><mergeCell ref="A1:XFD20000"/></mergeCells>'
SHEET = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
         '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row></sheetData>{more}</worksheet>')


def workbook(more=""):
    """The smallest workbook that is one, with more in its sheet."""
    out = io.BytesIO()
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                      f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/><Override PartName="/xl/worksheets/s.xml" ContentType="{kinds}.worksheet+xml"/></Types>')
        file.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        file.writestr("xl/workbook.xml", f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{links}"><sheets><sheet name="s" sheetId="1" r:id="r"/></sheets></workbook>')
        file.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{links}/worksheet" Target="worksheets/s.xml"/></Relationships>')
        file.writestr("xl/worksheets/s.xml", SHEET.format(more=more))
    return out.getvalue()


@contextlib.contextmanager
def served(args, folder, files_max=None):
    """A server with a key for each of two accounts."""
    port = free_port()
    place = ["--data-dir", str(folder), *(["--database-url", args.database_url] if args.database_url else [])]
    limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files_max, files_max))) if files_max else None
    command = [args.binary, "serve", "--listen", f"127.0.0.1:{port}", "--log", "error", *place, *args.docket_flags]
    server = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, preexec_fn=limit, env=os.environ | {"DOCKET_API_KEY": ""})
    try:
        until = time.monotonic() + 60
        while not health(port, OTHER, 1)[1]:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server does not answer")
            time.sleep(0.05)
        keys = [json.loads(subprocess.run(list(map(str, [args.binary, "keys", "create", "--user", user, "--credits", "1000000000", "--json", *place])),
                                          check=True, capture_output=True, text=True).stdout)["key"] for user in "AB"]
        yield port, keys
    finally:
        server.terminate()
        server.wait(timeout=60)


def health(port, source, seconds):
    """Seconds that the answer took, and whether there was one."""
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds, source_address=(source, 0))
    try:
        connection.request("GET", "/health")
        return time.monotonic() - started, connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return time.monotonic() - started, False
    finally:
        connection.close()


class Silence(threading.Thread):
    """Connections that say nothing, renewed as they are closed."""

    def __init__(self, port, count):
        super().__init__(daemon=True)
        self.port, self.count, self.going, self.open, self.closed, self.longest = port, count, True, {}, 0, 0.0

    def run(self):
        while self.going:
            for handle in [handle for handle in self.open if self.is_closed(handle)]:
                self.longest = max(self.longest, time.monotonic() - self.open.pop(handle))
                self.closed += 1
                handle.close()
            missing = self.count - len(self.open)
            for _ in range(min(missing, 200)):
                handle = socket.socket()
                handle.setblocking(False)
                handle.bind((ATTACKER, 0))
                handle.connect_ex(("127.0.0.1", self.port))
                self.open[handle] = time.monotonic()
            time.sleep(0.2)

    @staticmethod
    def is_closed(handle):
        try:
            return handle.recv(1) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


def silent_part(args, folder):
    with served(args, folder, files_max=args.files) as (port, _):
        attack, times = Silence(port, args.connections), {OTHER: [], ATTACKER: []}
        attack.start()
        started = time.monotonic()

        def ask(source):
            while time.monotonic() - started < args.silent_seconds:
                took, answered = health(port, source, 5)
                times[source].append((time.monotonic() - started, took, answered))
                time.sleep(0.2)

        threads = [threading.Thread(target=ask, args=(source,)) for source in times]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        attack.going = False
        attack.join()
    print(f"\n{args.connections} silent connections from {ATTACKER}, {args.files} files, {args.silent_seconds:.0f} s: "
          f"{attack.closed} were closed by the server, {len(attack.open)} stood at the end, the longest closed one stood {attack.longest:.1f} s")
    held = True
    for source, answers in times.items():
        failed = [at for at, _, answered in answers if not answered]
        print(f"  /health from {source}: {len(answers)} asked, {len(failed)} without answer{f' (the last at {max(failed):.0f} s)' if failed else ''}; {spread([took for _, took, _ in answers])}")
        if source == OTHER:
            held &= not failed and max(took for _, took, _ in answers) <= 1
        else:
            held &= not [at for at in failed if at > 30]
    return held


def submit(port, key, name, body, seconds=60):
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        whole = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + body + b"\r\n--b--\r\n"
        connection.request("POST", "/parse", whole, {"api-key": key, "content-type": "multipart/form-data; boundary=b"})
        answer = connection.getresponse()
        answer.read()
        return time.monotonic() - started, answer.status
    except (OSError, http.client.HTTPException):
        return time.monotonic() - started, 0
    finally:
        connection.close()


def b_alone_or_not(port, keys, document, name, tasks, seconds):
    """Times of B's submits while A has so many under way."""
    until, counts, times = time.monotonic() + seconds, [], []

    def flood():
        while time.monotonic() < until:
            counts.append(submit(port, keys[0], name, document)[1])

    threads = [threading.Thread(target=flood) for _ in range(tasks)]
    for thread in threads:
        thread.start()
    own = make_pdf(["Letter of B"])
    while time.monotonic() < until:
        times.append(submit(port, keys[1], "b.pdf", own))
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    return times, counts


def flood_part(args, folder):
    print(f"\nsubmits of B while A has {args.flooders} under way, {args.seconds} s each:")
    documents = {"alone": None, "A floods a tiny workbook": ("a.xlsx", workbook()),
                 "A floods a workbook with one large merged range": ("a.xlsx", workbook(MERGED)), "A floods a PDF of 20 pages": ("a.pdf", make_pdf(*[["Page"] + ["filler"] * 20] * 20))}
    p99 = {}
    with served(args, folder) as (port, keys):
        for name, document in documents.items():
            times, counts = b_alone_or_not(port, keys, document and document[1], document and document[0], args.flooders if document else 0, args.seconds)
            refused = [status for _, status in times if status != 200]
            p99[name] = percentile([took for took, _ in times], 0.99)
            statuses = {status: counts.count(status) for status in sorted(set(counts))}
            print(f"  {name}: {spread([took * 1000 for took, _ in times], '{:.0f} ms')}, {len(refused)} of B refused; A's answers {statuses}")
    return p99


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "target/release/docket"))
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--connections", type=int, default=1100)
    parser.add_argument("--files", type=int, default=1024, help="files that the server may open in part 1")
    parser.add_argument("--silent-seconds", type=float, default=60)
    parser.add_argument("--seconds", type=float, default=20, help="of each flood")
    parser.add_argument("--flooders", type=int, default=16)
    parser.add_argument("--docket-flags", nargs="*", default=[])
    args = parser.parse_args()
    args.database_url = None
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        if args.database == "postgres":
            (folder / "postgres").mkdir()
            args.database_url = stack.enter_context(project(folder / "postgres", free_port()))
        held = silent_part(args, folder / "silent")
        flood_part(args, folder / "flood")
    print("\n" + ("/health answered in time" if held else "/health did NOT answer in time"))
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
