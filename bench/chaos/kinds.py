"""The kinds of faults: what each does, in which lane it comes, and the plan that follows from a seed.

Lanes run side by side. In each, every round holds each of its kinds once, in an order and with
parameters that follow from the seed alone: the same seed makes the same sequence.
"""

import contextlib
import hashlib
import os
import random
import signal
import threading
import time

from servers import FAKETIME, children_of

# Which kinds come in which lane, and on which database they exist.
LANES = {
    "nodes": ["kill api", "restart api", "clock of a node"],
    "workers": ["kill worker", "restart worker", "frozen worker", "kill child", "hanging child", "kill child", "hanging child"],
    "database": ["kill everything", "kill postgres", "restart postgres", "full disk", "clock of the database",
                 "stopped postgres", "frozen postgres"],
    "connections": ["kill backends", "cut connections", "delayed connections", "stalled connections", "held locks"],
    "outside": ["bucket errors", "slow receiver", "dead receiver", "cancel storm", "retry storm"],
}
# Outages of ten seconds, only where they are asked for.
OUTAGES = {"stopped postgres", "frozen postgres"}
OUTAGE_S = 10
ONLY_POSTGRES = OUTAGES | {"kill postgres", "restart postgres", "kill backends", "cut connections", "delayed connections", "stalled connections"}
CLOCKS = {"clock of a node", "clock of the database"}
KINDS = list(dict.fromkeys(kind for kinds in LANES.values() for kind in kinds))
# Faults of a client or a receiver: what they hit are messages and requests, not running jobs.
RECEIVERS = {"slow receiver", "dead receiver"}


def plan(seed, lane, kinds):
    """The lane's faults without end: kind, number of the target, an amount from 0 to 1, seconds to wait."""
    dice = random.Random(f"{seed}/faults/{lane}")
    while kinds:
        turn = list(kinds)
        dice.shuffle(turn)
        for kind in turn:
            yield kind, dice.randrange(1000), dice.random(), dice.random()


def digest(seed, lanes, count=1000):
    """Names a plan: two runs with the same one inject the same faults."""
    told = hashlib.sha256()
    for lane, kinds in lanes.items():
        told.update("".join(f"{lane}{fault}" for fault, _ in zip(plan(seed, lane, kinds), range(count))).encode())
    return told.hexdigest()[:12]


def until_done(action):
    """Tries for some seconds: another lane may have taken the database away."""
    for _ in range(40):
        if action():
            return True
        time.sleep(0.2)
    return False


class Injector:
    """Does faults to a house of servers, and notes them."""

    def __init__(self, house, log):
        self.house, self.log, self.lock = house, log, threading.Lock()
        self.count, self.hits, self.skipped = {}, {}, {}
        self.storm = 0
        # What a lost worker held, and when it lost it.
        self.lost = []

    def wants(self, kind, each):
        """Whether so many of the kind, two thirds of which hit something, were not reached and still can be."""
        count, hits = self.count.get(kind, 0), self.hits.get(kind, 0)
        return (count < each or hits < each * 2 / 3) and count + self.skipped.get(kind, 0) < 2 * each

    def do(self, lane, number, kind, target, amount):
        hit = None if kind in RECEIVERS or "child" in kind else self.something_runs()
        started = time.time()
        done = getattr(self, kind.replace(" ", "_"))(target, amount)
        done = done if isinstance(done, tuple) else (done, None)
        with self.lock:
            if done[0] is False:
                self.skipped[kind] = self.skipped.get(kind, 0) + 1
            else:
                hit = hit if done[1] is None else done[1]
                self.count[kind] = self.count.get(kind, 0) + 1
                self.hits[kind] = self.hits.get(kind, 0) + bool(hit)
            self.log.write(f"{started:.2f} {time.time() - started:5.2f} s  {lane} {number}: {kind} {target} {amount:.3f}"
                           f"{'' if done[0] is not False else ' (nothing to do)'}{' hit' if hit else ''}\n")
            self.log.flush()

    def something_runs(self):
        """Waits a moment for a job that runs: a fault that meets none shows little."""
        for _ in range(60):
            if self.house.leases():
                return True
            time.sleep(0.02)
        return False

    # -- processes --------------------------------------------------------------------------------

    def kill_api(self, target, amount):
        self.kill_one(self.house.nodes[target % len(self.house.nodes)], amount)

    def restart_api(self, target, amount):
        self.restart_one(self.house.nodes[target % len(self.house.nodes)])

    def held_by(self, worker):
        """What it works on; waits a moment for it to have something."""
        for _ in range(40):
            if held := self.house.leases_of(worker):
                return held
            time.sleep(0.02)
        return []

    def kill_worker(self, target, amount):
        worker = self.house.workers[target % len(self.house.workers)]
        held = self.held_by(worker)
        self.kill_one(worker, amount, held)
        return True, bool(held)

    def restart_worker(self, target, amount):
        worker = self.house.workers[target % len(self.house.workers)]
        held = self.held_by(worker)
        self.restart_one(worker)
        return True, bool(held)

    def kill_one(self, server, amount, held=()):
        with server.lock:
            server.kill()
            self.lost.append((time.time(), list(held)))
            time.sleep(amount)
            server.start()

    def restart_one(self, server):
        with server.lock:
            server.stop()
            server.start()

    def frozen_worker(self, target, amount):
        """Longer than its lease: it wakes up as one that believes to own jobs."""
        worker = self.house.workers[target % len(self.house.workers)]
        held = self.held_by(worker)
        with worker.lock:
            with contextlib.suppress(ProcessLookupError):
                worker.child.send_signal(signal.SIGSTOP)
            self.lost.append((time.time(), list(held)))
            time.sleep(self.house.lease_s + 1 + amount)
            with contextlib.suppress(ProcessLookupError):
                worker.child.send_signal(signal.SIGCONT)
        return True, bool(held)

    def busy_child(self, target):
        """A child of a worker, at work if one is."""
        parents = {worker.child.pid for worker in self.house.workers}
        children = sorted(children_of(parents), key=lambda child: (child[1] != "R", child[0]))
        at_work = [child for child in children if child[1] == "R"]
        some = at_work or children
        return (some[target % len(some)][0], bool(at_work)) if some else (None, False)

    def kill_child(self, target, amount):
        child, at_work = self.wait_for_work(target)
        if child is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        return True, at_work

    def wait_for_work(self, target):
        """Looks for a child at work for a moment: jobs are short."""
        child, at_work = self.busy_child(target)
        for _ in range(100):
            if at_work:
                break
            time.sleep(0.01)
            child, at_work = self.busy_child(target)
        return child, at_work

    def hanging_child(self, target, amount):
        """Half of them go on before their time is over, half have to be ended by their worker."""
        child, at_work = self.wait_for_work(target)
        if child is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGSTOP)

        def go_on():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGCONT)

        self.house.later(3 * amount if amount < 0.5 else 120, go_on)
        return True, at_work

    def kill_everything(self, target, amount):
        """A power cut, as far as processes go."""
        servers = self.house.servers()
        with contextlib.ExitStack() as held:
            for server in servers:
                held.enter_context(server.lock)
            for server in servers:
                with contextlib.suppress(ProcessLookupError):
                    server.child.kill()
            for server in servers:
                server.kill()
            time.sleep(amount)
            for server in servers:
                server.start()
                if server is self.house.postgres:
                    server.wait_until_ready()

    # -- clocks -----------------------------------------------------------------------------------

    def clock_of_a_node(self, target, amount):
        """Of a process that does not keep the database's time: by up to ten minutes either way."""
        servers = self.house.foreign_clocks()
        if not FAKETIME or not servers:
            return False
        servers[target % len(servers)].step_clock(int((amount - 0.5) * 1200))

    def clock_of_the_database(self, target, amount):
        """By up to five seconds either way, as a wrong clock is put right."""
        if not FAKETIME:
            return False
        for server in self.house.own_clocks():
            server.step_clock(int((amount - 0.5) * 10))

    # -- database ---------------------------------------------------------------------------------

    def kill_postgres(self, target, amount):
        with self.house.postgres.lock:
            self.house.postgres.kill()
            time.sleep(amount)
            self.house.postgres.start()
            self.house.postgres.wait_until_ready()

    def restart_postgres(self, target, amount):
        with self.house.postgres.lock:
            self.house.postgres.stop(signal.SIGINT)
            self.house.postgres.start()
            self.house.postgres.wait_until_ready()

    def stopped_postgres(self, target, amount):
        with self.house.postgres.lock:
            self.house.postgres.stop(signal.SIGINT)
            time.sleep(OUTAGE_S)
            self.house.postgres.start()
            self.house.postgres.wait_until_ready()

    def frozen_postgres(self, target, amount):
        postmaster = self.house.postgres.child.pid
        with self.house.postgres.lock:
            frozen = [postmaster, *(child for child, _ in children_of({postmaster}))]
            for how in (signal.SIGSTOP, signal.SIGCONT):
                for process in frozen:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, how)
                time.sleep(OUTAGE_S if how == signal.SIGSTOP else 0)

    def kill_backends(self, target, amount):
        names = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'docket'"
        half = f" and pid % 2 = {target % 2}" if amount < 0.5 else ""
        return until_done(lambda: self.house.database.try_rows(names + half))

    def held_locks(self, target, amount):
        """Somebody else holds rows of jobs and an account, or the whole embedded database, for a while."""
        return until_done(lambda: self.house.hold_locks(0.5 + 2 * amount))

    def full_disk(self, target, amount):
        disks = [disk for disk in self.house.disks if disk.mounted]
        if not disks:
            return False
        disk = disks[target % len(disks)]
        disk.fill()
        time.sleep(0.5 + 1.5 * amount)
        disk.free()
        postgres = self.house.postgres
        if postgres:
            with postgres.lock:
                # It stops itself when its log cannot be written.
                if postgres.is_dead() or not postgres.is_ready():
                    postgres.wait_until_ready()

    # -- network ----------------------------------------------------------------------------------

    def wire(self, names, mode, seconds, ms=0):
        for name in names:
            self.house.wire.tell(name, mode=mode, ms=ms)
        time.sleep(seconds)
        for name in names:
            self.house.wire.tell(name, mode="pass")

    def some_database_wires(self, target, amount):
        """One process's connections, or those of all."""
        names = self.house.database_wires
        return names if amount > 0.8 else [names[target % len(names)]]

    def cut_connections(self, target, amount):
        self.wire(self.some_database_wires(target, amount), "cut", 2 * amount)

    def delayed_connections(self, target, amount):
        self.wire(self.some_database_wires(target, amount), "delay", 1 + 2 * amount, ms=20 + int(200 * amount))

    def stalled_connections(self, target, amount):
        self.wire(self.some_database_wires(target, amount), "stall", 0.5 + 3.5 * amount)

    def bucket_errors(self, target, amount):
        if not self.house.bucket_wire:
            return False
        self.wire([self.house.bucket_wire], "errors" if target % 2 else "cut", 0.3 + 2 * amount)

    # -- clients and receivers --------------------------------------------------------------------

    def receiver(self, name, seconds, **wish):
        waiting = self.house.messages_waiting()
        self.house.wire.tell(name, **wish)
        time.sleep(seconds)
        self.house.wire.tell(name, mode="ok")
        return True, waiting or self.house.messages_waiting()

    def slow_receiver(self, target, amount):
        return self.receiver(self.house.receivers[target % len(self.house.receivers)], 1 + 2 * amount, mode="slow", ms=500 + int(4000 * amount))

    def dead_receiver(self, target, amount):
        return self.receiver(self.house.receivers[target % len(self.house.receivers)], 1 + 2 * amount, mode="dead" if target % 2 else "errors")

    def cancel_storm(self, target, amount):
        self.storm += 1
        return True, self.house.load.cancel_storm(self.house.load.dice("cancels", self.storm), 3 + int(8 * amount))

    def retry_storm(self, target, amount):
        self.house.load.retry_storm(self.house.load.dice("retries", target, amount), 3 + int(6 * amount))
