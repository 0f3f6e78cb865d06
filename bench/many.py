"""Three hundred documents of mixed kinds, ten of them broken, in one call of `docket parse`: wall time by number of slots,
output, exit code; then the same call, interrupted, and continued with --resume.

    python bench/many.py --docket target/debug/docket [--files 300] [--slots 1,2,4]
"""

import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


def fill(folder, files):
    """Small documents of the fixtures and some made here; every thirtieth is broken. No two have the same bytes."""
    random.seed(7)
    pdfs = sorted(path for path in (ROOT / "fixtures").rglob("*.pdf") if path.stat().st_size < 100_000 and "hostile" not in str(path))
    for number in range(files):
        place = folder / f"part{number % 5}"
        place.mkdir(parents=True, exist_ok=True)
        kind = number % 6
        if number % (files // 10) == 7:
            (place / f"{number:03} broken.pdf").write_bytes(b"%PDF-1.7\nthis is where it broke off " + str(number).encode())
        elif kind < 3:
            body = pdfs[number % len(pdfs)].read_bytes() + f"\n% {number}\n".encode()
            (place / f"{number:03} report.pdf").write_bytes(body)
        elif kind == 3:
            (place / f"{number:03} notes.md").write_text(f"# Notes {number}\n\n" + "The quick brown fox jumps over the lazy dog.\n" * 40)
        elif kind == 4:
            (place / f"{number:03} table.csv").write_text("name,amount\n" + "".join(f"row {row},{row * number}\n" for row in range(60)))
        else:
            (place / f"{number:03} page.html").write_text(f"<h1>Page {number}</h1><p>The fox.</p><table><tr><td>a<td>{number}</table>")


class Server:
    def __init__(self, docket, slots):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.base = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.data = tempfile.mkdtemp()
        command = [docket, "serve", "--listen", self.base.removeprefix("http://"), "--data-dir", self.data, "--log", "error"]
        self.process = subprocess.Popen([*command, "--workers", str(slots)], stdout=subprocess.DEVNULL)
        while True:
            try:
                urllib.request.urlopen(self.base + "/ready", timeout=1)
                break
            except OSError:
                time.sleep(0.05)
        made = subprocess.run([docket, "keys", "create", "--user", "bench", "--credits", "1000000", "--json", "--data-dir", self.data], check=True, capture_output=True)
        self.key = json.loads(made.stdout)["key"]

    def jobs(self):
        found, cursor = [], ""
        while cursor is not None:
            request = urllib.request.Request(f"{self.base}/jobs?limit=200&cursor={cursor}", headers={"api-key": self.key})
            page = json.load(urllib.request.urlopen(request))
            found, cursor = found + page["jobs"], page.get("next_cursor")
        return found

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.data)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--docket", default=str(ROOT / "target" / "debug" / "docket"))
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--slots", default="1,2,4")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        root = pathlib.Path(root)
        fill(root / "in", args.files)
        for slots in map(int, args.slots.split(",")):
            server = Server(args.docket, slots)
            call = [args.docket, "parse", str(root / "in"), "--out-dir", str(root / f"out{slots}"), "--url", server.base, "--api-key", server.key]
            env = {**os.environ, "XDG_STATE_HOME": str(root / "state")}
            begun = time.monotonic()
            ended = subprocess.run(call, env=env, capture_output=True, text=True)
            wall = time.monotonic() - begun
            results = len(list((root / f"out{slots}").rglob("*.md")))
            summary = next(line for line in ended.stderr.splitlines() if "documents:" in line)
            print(f"slots {slots}: {wall:.1f} s, exit {ended.returncode}, {results} results, jobs {len(server.jobs())}; {summary}")
            server.stop()
        server = Server(args.docket, 2)
        call[-3], call[-1], call[4] = server.base, server.key, str(root / "resumed")
        running = subprocess.Popen(call, env=env, stderr=subprocess.PIPE, text=True)
        while len(server.jobs()) < args.files // 3:
            time.sleep(0.05)
        running.send_signal(signal.SIGINT)
        print("\n" + running.communicate()[1].splitlines()[-1])
        sent = len(server.jobs())
        ended = subprocess.run([*call, "--resume"], env=env, capture_output=True, text=True)
        names = collections.Counter(job["pdf_name"] for job in server.jobs())
        twice = [name for name, count in names.items() if count > 1]
        results = len(list((root / "resumed").rglob("*.md")))
        print(f"interrupted after {sent} jobs, exit {running.returncode}; resumed: exit {ended.returncode}, {len(names)} names, sent twice: {len(twice)}, results {results}")
        print("\n".join(ended.stderr.strip().splitlines()[-12:]))
        server.stop()


if __name__ == "__main__":
    main()
