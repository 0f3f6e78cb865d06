#!/usr/bin/env python3
"""Does faults of many kinds to a house of servers under load, and checks every promise afterwards.

API nodes and workers run on one Postgres (fsync on) with a bucket, or on one SQLite file with a folder,
behind proxies that cut and delay. Three accounts of different size submit documents of many kinds, each
with a text of its own, poll over all nodes, follow streams and take webhooks. Faults come in lanes side
by side; their sequence, and what every client does, follow from the seed (`--plan` shows it).

Checked: no acknowledged job is lost, unknown or doubled, none goes back, every one ends once per run with
its own text; streams tell every end; no lease is left and every credit is right; every end reaches every
webhook endpoint in bounded time with a genuine signature; jobs start in order, and the small account does
not wait behind the large one's. Ends with 1 if anything of that does not hold, and says where to look.
"""

import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "clients"), str(ROOT / "bench" / "chaos")]
from house import House  # noqa: E402
from kinds import CLOCKS, KINDS, LANES, ONLY_POSTGRES, OUTAGES, Injector, digest, plan  # noqa: E402
from oracle import Oracle, Tampering  # noqa: E402
from servers import FAKETIME  # noqa: E402


def lanes_of(args):
    """Each lane with the kinds that this run has, and a word for each that it cannot have."""
    missing = {}
    for kind in args.kinds:
        if args.database == "sqlite" and kind in ONLY_POSTGRES:
            missing[kind] = "only on Postgres"
        elif kind in CLOCKS and not FAKETIME:
            missing[kind] = "libfaketime is missing (apt-get install faketime)"
        elif kind == "clock of a node" and args.database == "sqlite":
            missing[kind] = "all processes on SQLite keep the database's clock"
        elif kind == "bucket errors" and args.blobs != "bucket":
            missing[kind] = "blobs lie in a folder (--blobs bucket)"
    lanes = {lane: [kind for kind in kinds if kind in args.kinds and kind not in missing] for lane, kinds in LANES.items()}
    return {lane: kinds for lane, kinds in lanes.items() if kinds}, missing


def run_lane(lane, kinds, faults, injector, args, go_on):
    for number, (kind, target, amount, pause) in enumerate(faults, 1):
        if not go_on(lane):
            return
        try:
            injector.do(lane, number, kind, target, amount)
        except Exception as error:  # noqa: BLE001 - the run says what is wrong with it and stops
            injector.house.load.fail(f"the fault itself: {kind} {target} {amount}: {error!r}")
            return
        # A lane of few kinds takes its time, so that none of them outweighs all others.
        time.sleep(args.between * 2 * pause * max(1, 5 / kinds))


def run(args, folder):
    lanes, missing = lanes_of(args)
    for kind, why in missing.items():
        print(f"left out: {kind}: {why}")
    print(f"plan {digest(args.seed, lanes)} of seed {args.seed} on {args.database}, files in {folder}", flush=True)
    house = House(args, folder)
    try:
        with open(folder / "faults.txt", "w", encoding="utf-8") as log:
            injector = Injector(house, log)
            house.load.start()
            until = time.monotonic() + args.minutes * 60

            def go_on(lane):
                if house.load.broken:
                    return False
                if args.each:
                    return any(injector.wants(kind, args.each) for kind in lanes[lane])
                return time.monotonic() < until

            threads = [threading.Thread(target=run_lane, args=(lane, len(kinds), plan(args.seed, lane, kinds), injector, args, go_on)) for lane, kinds in lanes.items()]
            for thread in threads:
                thread.start()
            while any(thread.is_alive() for thread in threads):
                house.supervise()
                time.sleep(0.25)
            house.heal()
            house.load.submitting.clear()
            for thread in house.load.submitters:
                thread.join(timeout=150)
            oracle = Oracle(house, injector)
            oracle.settle(args.settle_seconds)
            broken = house.load.broken + oracle.check()
            report(house, injector, oracle, lanes)
            if args.tamper:
                broken = broken + Tampering(house, injector).check()
        return broken
    finally:
        house.load.checking.clear()
        house.close()


def report(house, injector, oracle, lanes):
    load = house.load
    print(f"\n{sum(injector.count.values())} faults:")
    for kind in dict.fromkeys(kind for kinds in lanes.values() for kind in kinds):
        word = "met waiting messages" if "receiver" in kind else "hit a running job"
        skipped = f", {injector.skipped[kind]} found nothing to do" if injector.skipped.get(kind) else ""
        print(f"  {injector.count.get(kind, 0):5} x {kind}: {injector.hits.get(kind, 0)} {word}{skipped}")
    print(f"{len(load.jobs)} jobs ({', '.join(f'{count} {family}' for family, count in load.made.items())}): {dict(load.ended)}; "
          f"{load.reads} reads, {load.events} events; asked again: {dict(load.refused)}")
    for error, count in load.failures.items():
        print(f"  {count} failed: {error}")
    for line in oracle.told:
        print(line)


def show_errors(folder):
    """What the servers said of faults of their own."""
    for log in sorted(folder.glob("*.log")):
        lines = [line for line in log.read_text(errors="replace").splitlines() if "ERROR" in line or "panicked" in line]
        for line in lines[-5:]:
            print(f"{log.stem}: {line[:400]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--blobs", choices=["bucket", "folder"], help="default: a bucket with Postgres, a folder with SQLite")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="what the sequence of faults and actions follows from")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--each", type=int, help="faults of each kind, two thirds of which hit a running job, instead of minutes; a full run has 300")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=[kind for kind in KINDS if kind not in OUTAGES], help="faults to inject")
    parser.add_argument("--between", type=float, default=0.5, help="seconds between the faults of a lane, on average")
    parser.add_argument("--settle-seconds", type=float, default=180)
    parser.add_argument("--webhook-bound-s", type=float, default=60, help="from a job's end to the receipt at each endpoint, at most")
    parser.add_argument("--binary", default=str(ROOT / "target/debug/docket"))
    parser.add_argument("--docket-flags", nargs="*", default=[], help="further flags of docket serve and work")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for logs and the database, which stays")
    parser.add_argument("--tamper", action="store_true", help="break things on purpose afterwards: the oracle must find each")
    parser.add_argument("--plan", type=int, metavar="N", help="show the first N faults of each lane and end")
    args = parser.parse_args()
    args.blobs = args.blobs or {"postgres": "bucket", "sqlite": "folder"}[args.database]
    if args.plan:
        for lane, kinds in lanes_of(args)[0].items():
            for number, fault in zip(range(args.plan), plan(args.seed, lane, kinds)):
                print(f"{lane} {number + 1}: {fault[0]} {fault[1]} {fault[2]:.3f}")
        return
    folder = args.keep or pathlib.Path(tempfile.mkdtemp(prefix="docket-faults-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o755)
    started = time.monotonic()
    broken = run(args, folder)
    for line in broken[:40]:
        print("BROKEN", line)
    print(f"{time.monotonic() - started:.0f} s. " + ("All promises held." if not broken else f"{len(broken)} faults of ours: the same again with --seed {args.seed}; logs in {folder}"))
    if broken:
        show_errors(folder)
    elif not args.keep:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
