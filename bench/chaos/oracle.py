"""What must hold after a fault run: promises 1 to 6 of the design, credits, leases and webhooks."""

import bisect
import collections
import contextlib
import json
import sqlite3
import time
import urllib.request

from postgres import sql
from servers import uuid_of

ENDS = ("succeeded", "failed", "cancelled")
# Errors that a document of ours may end with, and the fault that excuses each.
EXCUSED = {"hanging child": ("time", "silent", "limit", "respond", "answer")}
# Younger jobs of an account that may start before one whose row a foreign transaction holds for seconds.
OVERTAKEN_MAX = 40


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def spread(values, form="{:.2f} s"):
    """p50, p99 and the largest."""
    told = [form.format(value) for value in (percentile(values, 0.5), percentile(values, 0.99), max(values, default=0.0))]
    return f"p50 {told[0]}, p99 {told[1]}, max {told[2]} of {len(values)}"


class Oracle:
    def __init__(self, house, injector):
        self.house, self.injector, self.load, self.database = house, injector, house.load, house.database
        self.broken, self.told = [], []

    def settle(self, seconds):
        """Every job ends, and every follower hears of it, within the limit."""
        until = time.monotonic() + seconds
        while any(self.load.open.values()) and time.monotonic() < until:
            self.house.supervise()
            time.sleep(0.2)
        for name in [name for jobs in self.load.open.values() for name in jobs][:20]:
            self.broken.append(f"promise 3: {name} does not end, last seen {self.load.seen.get(name)}")
        while self.load.untold() and time.monotonic() < until:
            time.sleep(0.2)
        for name in self.load.untold()[:20]:
            self.broken.append(f"promise 2: no stream told the end of {name}")
        self.told.append(f"every job ended {seconds - (until - time.monotonic()):.0f} s after the last fault")

    def check(self):
        self.read_database()
        self.check_jobs()
        self.check_results()
        self.check_leases()
        self.check_credits()
        self.check_webhooks()
        self.check_order()
        self.check_fairness()
        self.tell_requeues()
        self.check_logs()
        return self.broken

    # -- 1 to 4 -----------------------------------------------------------------------------------

    def read_database(self):
        columns = "select {id:id}, user_id, status, attempt, credits, seq, {at:created_at}, {at:started_at}, {at:finished_at}, rerun_at is not null from {s}jobs"
        self.stored = {uuid_of(row[0]): row for row in self.database.rows(columns)}
        self.ends = collections.defaultdict(list)
        self.requeued = collections.defaultdict(list)
        events = "select {id:job_id}, status, {at:at}, version from {s}job_events where status in ('succeeded', 'failed', 'cancelled', 'queued') order by seq"
        for job, status, at, _ in self.database.rows(events):
            (self.ends if status in ENDS else self.requeued)[uuid_of(job)].append((status, float(at)))

    def check_jobs(self):
        jobs = self.load.jobs
        for job in [job for job in jobs if job not in self.stored and not jobs[job].cancels]:
            self.broken.append(f"promise 1: {job} was acknowledged and is lost")
        for job in self.stored.keys() - jobs.keys():
            # A submit whose answer was lost and that was never repeated would be none of these.
            self.broken.append(f"promise 1: {job} of {self.stored[job][1]} is in the database, and no client knows it")
        for job, ends in self.ends.items():
            runs = 1 + (jobs[job].reruns if job in jobs else 0)
            if len(ends) > runs:
                self.broken.append(f"promise 4: {job} ended {len(ends)} times in {runs} runs: {ends}")
        order = """select {id:job_id}, version from (select job_id, version, lag(version) over (partition by job_id order by seq) as former
            from {s}job_events) e where version <= former"""
        self.broken += [f"promise 2: versions of {uuid_of(row[0])} are out of order at {row[1]}" for row in self.database.rows(order)]
        excused = self.injector.count.get("hanging child", 0)
        for error, count in self.load.failures.items():
            if count > excused or not any(word in error.lower() for word in EXCUSED["hanging child"]):
                self.broken.append(f"promise 3: {count} jobs failed: {error}")

    def check_results(self):
        for job, known in self.load.jobs.items():
            row = self.stored.get(job)
            if not row or row[2] != "succeeded" or known.family == "extract":
                continue
            path = f"/jobs/{job}/result" if known.family == "chunk" else f"/parse/{job}"
            told = self.load.ask(known.account, "GET", path)
            if told is None or told[0] != 200 or known.text.encode() not in told[1]:
                self.broken.append(f"promise 4: the result of {job} does not hold its document: {told and told[0]}")

    # -- leases and credits -----------------------------------------------------------------------

    def check_leases(self):
        left = self.house.leases()
        for job, worker in left[:10]:
            self.broken.append(f"leases: {uuid_of(job)} ({self.stored.get(uuid_of(job), ['gone'] * 3)[2]}) is still leased to {uuid_of(worker)}")
        for port in self.load.ports:
            text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20).read().decode()
            for line in text.splitlines():
                if line.startswith("docket_jobs{") and float(line.rsplit(" ", 1)[1]) != 0:
                    self.broken.append(f"leases: an idle node says {line}")

    def check_credits(self):
        """The account's balance is the sum of its ledger, and that is what its jobs should cost."""
        entered = collections.defaultdict(int)
        for job, credits in self.database.rows("select {id:job_id}, sum(credits) from {s}usage group by job_id"):
            entered[uuid_of(job)] = int(float(credits))
        ledgers, balances = collections.Counter(), {}
        for user, credits in self.database.rows("select user_id, sum(credits) from {s}usage group by user_id"):
            ledgers[user] = int(float(credits))
        for user, credits in self.database.rows("select user_id, credits_used from {s}accounts"):
            balances[user] = int(credits)
        should, off = collections.Counter(), []
        for job, known in self.load.jobs.items():
            cost = self.cost(job, known, entered[job])
            should[known.account.name] += cost
            if entered[job] != cost:
                off.append(f"credits: {job} ({known.family}, {known.pages} pages, ends {[end[0] for end in self.ends[job]]}) has {entered[job]} in the ledger, should have {cost}")
        self.broken += off[:20]
        for account in self.load.accounts:
            status, body = self.load.ask(account, "GET", "/org/get_usage")
            told = json.loads(body)["current_usage"] if status == 200 else None
            values = {"balance": balances.get(account.name), "ledger": ledgers[account.name], "jobs": should[account.name], "/org/get_usage": told}
            if len(set(values.values())) != 1:
                self.broken.append(f"credits of {account.name}: {values}")
        self.told.append(f"credits: {sum(should.values())} used by {len(self.load.jobs)} jobs, {len(off)} jobs off")

    def cost(self, job, known, entered):
        """What a job should have cost: its pages for each run that succeeded."""
        if job in self.stored or self.ends[job] or not known.cancels:
            return known.pages * sum(status == "succeeded" for status, _ in self.ends[job])
        # Its owner has deleted it, and its events went with it: charged whole for each run, or not at all.
        seen = self.load.seen.get(job)
        least = 1 if seen and seen.status == "COMPLETED" else 0
        most = 0 if seen and seen.status == "FAILED" and not known.reruns else 1 + known.reruns
        runs = entered // known.pages
        return known.pages * min(max(runs, least), most)

    # -- webhooks ---------------------------------------------------------------------------------

    def receipts(self):
        with open(self.house.receipts, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def missing(self, taken):
        for path, owner in self.house.endpoints.items():
            for job, ends in self.ends.items():
                known = self.load.jobs.get(job)
                if known and known.account.name == owner and len(taken[path, job]) < len(ends):
                    yield path, job, len(ends) - len(taken[path, job])

    def check_webhooks(self):
        """Every end was told to every endpoint at least once, in bounded time, with a genuine signature."""
        until, bound = time.monotonic() + self.house.args.webhook_bound_s, self.house.args.webhook_bound_s
        while True:
            taken, first = collections.defaultdict(set), {}
            receipts = self.receipts()
            for receipt in receipts:
                if receipt["status"] == 200 and receipt["job"]:
                    taken[receipt["path"], receipt["job"]].add(receipt["id"])
                    first.setdefault((receipt["path"], receipt["id"]), receipt)
            missing = list(self.missing(taken))
            if not missing or time.monotonic() > until:
                break
            time.sleep(0.5)
        for path, job, count in missing[:20]:
            self.broken.append(f"webhooks: {path} was not told of {count} ends of {job}")
        false = collections.defaultdict(list)
        for receipt in receipts:
            if receipt["genuine"]:
                false[receipt["genuine"]].append(receipt["off_s"])
        self.broken += [f"webhooks: {len(off)} messages cannot be accepted: {why} (times {min(off):.0f} to {max(off):.0f} s off)" for why, off in false.items()]
        delays = [receipt["at"] - end_of(receipt) for receipt in first.values()]
        if max(delays, default=0) > bound:
            self.broken.append(f"webhooks: a message came {max(delays):.0f} s after its job's end, later than {bound} s")
        self.told.append(f"webhooks: {len(first)} messages taken of {len(receipts)} attempts; from a job's end {spread(delays)}")

    # -- 5 ----------------------------------------------------------------------------------------

    def starts(self):
        """Jobs by account in the order of their creation: when each could be seen and when it was started first.

        Places in the outbox and not instants: clocks are stepped. Without reruns, which start anew."""
        place = collections.defaultdict(dict)
        for job, status, seq in self.database.rows("select {id:job_id}, status, min(seq) from {s}job_events where status in ('queued', 'processing') group by 1, 2"):
            place[uuid_of(job)][status] = int(seq)
        found = collections.defaultdict(list)
        for job, row in sorted(self.stored.items(), key=lambda item: int(item[1][5])):
            known = self.load.jobs.get(job)
            if known and row[9] in ("f", "0") and known.family != "upload" and len(place[job]) == 2:
                found[row[1]].append((place[job]["queued"], place[job]["processing"], job))
        return found

    def check_order(self):
        """An account's jobs start in the order of their creation; one whose row was held up is passed by some."""
        passed = []
        for user, jobs in self.starts().items():
            later = []
            for _, start, job in reversed(jobs):
                over = bisect.bisect_left(later, start)
                bisect.insort(later, start)
                passed.append(over)
                if over > OVERTAKEN_MAX:
                    self.broken.append(f"promise 5: {job} of {user} was passed by {over} younger jobs of its account")
        self.told.append(f"order: younger jobs of the same account that started before a job {spread(passed, '{:.0f}')}")

    def check_fairness(self):
        """While a job of the small account waits, only so many of others are started."""
        found, small = self.starts(), self.load.accounts[-1].name
        foreign = sorted(start for user, jobs in found.items() if user != small for _, start, _ in jobs)
        slots = self.house.slots()
        passed = [bisect.bisect_left(foreign, start) - bisect.bisect_right(foreign, seen) for seen, start, _ in found[small]]
        most = 3 * slots
        beyond = sum(count > most for count in passed)
        # One in fifty: its row may have been held up.
        if beyond > max(1, len(passed) // 50):
            self.broken.append(f"promise 5: {beyond} of {len(passed)} jobs of the small account saw more than {most} jobs of others start before them")
        waits = [float(self.stored[job][7]) - float(self.stored[job][6]) for _, _, job in found[small]]
        self.told.append(f"small account: waits {spread(waits)}; jobs of others started meanwhile {spread(passed, '{:.0f}')} ({slots} slots)")

    # -- numbers ----------------------------------------------------------------------------------

    def tell_requeues(self):
        """From the loss of a worker to the moment its jobs are in the queue again."""
        times = []
        for at, jobs in self.injector.lost:
            for job in jobs:
                again = [moment for status, moment in self.requeued[job] + self.ends[job] if moment > at]
                if again:
                    times.append(min(again) - at)
        self.told.append(f"requeue: {spread(times)} jobs of lost workers (lease {self.house.lease_s} s, sweep 1 s; outages of the database included)")
        again = sum(int(row[3]) > 1 for row in self.stored.values())
        self.told.append(f"{again} of {len(self.stored)} jobs ran more than once")

    def check_logs(self):
        for log in sorted(self.house.folder.glob("*.log")):
            lines = [line for line in log.read_text(errors="replace").splitlines() if "panicked" in line or "PANIC" in line and "No space" not in line]
            if log.stem != "postgres" and lines:
                self.broken.append(f"promise 6: {log.stem} panicked {len(lines)} times: {lines[0][:300]}")


class Tampering:
    """Breaks what was found whole, class by class, and asks the oracle again: it must find each."""

    def __init__(self, house, injector):
        self.house, self.injector = house, injector
        self.jobs = [job for job, known in house.load.jobs.items() if not known.cancels and not known.reruns and known.family != "extract"]

    def write(self, text):
        """Runs a statement; `{job}` is an id that was not tampered with yet, as the database writes it."""
        job = self.jobs.pop()
        if self.house.postgres:
            sql(self.house.postgres.url, text.replace("{s}", "docket.").replace("{job}", f"'{job}'::uuid").replace("{other}", "gen_random_uuid()").replace("{now}", "now()"))
        else:
            text = text.replace("{s}", "").replace("{job}", f"x'{job.replace('-', '')}'").replace("{other}", "randomblob(16)").replace("{now}", "unixepoch() * 1000000")
            with contextlib.closing(sqlite3.connect(self.house.data / "docket.sqlite", timeout=30)) as connection:
                connection.execute(text)
                connection.commit()

    def forget_messages(self):
        job = self.jobs.pop()
        lines = [line for line in self.house.receipts.read_text().splitlines() if job not in line]
        self.house.receipts.write_text("".join(f"{line}\n" for line in lines))

    def misread(self):
        self.house.load.jobs[self.jobs.pop()].text = "what no document holds"

    def all(self):
        ledger = "insert into {s}usage (user_id, job_id, kind, credits, cycle_started_at, at) select user_id, id, 'charge', 1, {now}, {now} from {s}jobs where id = {job}"
        event = ("insert into {s}job_events (job_id, user_id, version, status, was_started, pages_done, at) "
                 "select id, user_id, version + 1, 'succeeded', true, 0, {now} from {s}jobs where id = {job}")
        lease = "insert into {s}job_leases (job_id, attempt, worker_id, claim_token, lease_until) select id, 1, {other}, {other}, {now} from {s}jobs where id = {job}"
        yield "promise 4: the result", self.misread
        yield "webhooks:", self.forget_messages
        yield "leases:", lambda: self.write(lease)
        yield "credits:", lambda: self.write(ledger)
        yield "credits of", lambda: self.write("update {s}accounts set credits_used = credits_used + 1 where user_id = (select user_id from {s}jobs where id = {job})")
        yield "promise 4:", lambda: self.write(event)
        yield "promise 1:", lambda: self.write("delete from {s}jobs where id = {job}")

    def check(self):
        self.house.args.webhook_bound_s = 1
        broken = []
        for word, break_it in self.all():
            break_it()
            oracle = Oracle(self.house, self.injector)
            found = [line for line in oracle.check() if line.startswith(word)]
            print(f"  tampered with: {'found' if found else 'NOT FOUND'} ({word.rstrip(':')}) {found[0][:120] if found else ''}")
            if not found:
                broken.append(f"the oracle does not find what was broken on purpose: {word}")
        return broken


def end_of(receipt):
    import datetime
    return datetime.datetime.fromisoformat(receipt["finished_at"].replace("Z", "+00:00")).timestamp()
