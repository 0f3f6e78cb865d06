"""The clients of a fault run and what they see: submits of many kinds, polls, streams, storms."""

import collections
import contextlib
import dataclasses
import http.client
import http.server
import json
import random
import threading
import time
import urllib.parse

from conftest import make_pdf

RANKS = {"queued": 0, "PROCESSING": 1, "COMPLETED": 2, "FAILED": 2}
CANCELLED = "Job was cancelled"
FILLER = "The quick brown fox jumps over the lazy dog, and nobody minds it at all."
# What a client may be told while something is away or busy; it asks again.
PASSING = (408, 429, 502, 503, 504)
SCHEMA = json.dumps({"type": "object", "properties": {"nonce": {"type": "string", "description": "the word after Nonce"}}})


@dataclasses.dataclass
class Account:
    """One of three: what it keeps open, and how large its documents are."""

    name: str
    open_max: int
    pages_max: int
    submitters: int
    key: str = ""


@dataclasses.dataclass
class Job:
    """What its client knows of a job."""

    account: Account
    text: str
    pages: int
    family: str
    # The wishes that were sent; a rerun whose answer was lost may still come to pass.
    cancels: int = 0
    reruns: int = 0
    rerunning: int = 0
    loose: bool = False
    deleted: bool = False

    def run(self):
        """Which of its runs it is in; None while that may change."""
        return None if self.rerunning or self.loose else self.reruns


@dataclasses.dataclass(frozen=True)
class Seen:
    run: int | None
    rank: int
    updated_at: str
    status: str


class Load:
    def __init__(self, ports, accounts, seed):
        self.ports, self.accounts, self.seed = ports, accounts, seed
        self.lock = threading.Lock()
        self.jobs, self.open, self.seen = {}, {}, {}
        self.ended, self.failures, self.refused = collections.Counter(), collections.Counter(), collections.Counter()
        self.made = collections.Counter()
        self.broken, self.reads, self.events = [], 0, 0
        self.told_end = collections.defaultdict(set)
        self.submitting, self.checking = threading.Event(), threading.Event()
        self.submitting.set()
        self.checking.set()
        self.submitters, self.others = [], []
        self.library = Library()

    def start(self):
        for account in self.accounts:
            for number in range(account.submitters):
                self.submitters.append(threading.Thread(target=self.submitter, args=(account, number), daemon=True))
            self.others.append(threading.Thread(target=self.follower, args=(account,), daemon=True))
        self.others += [threading.Thread(target=self.poller, args=(number,), daemon=True) for number in range(2)]
        for thread in self.submitters + self.others:
            thread.start()

    def dice(self, *names):
        """Dice of their own for each actor: its sequence follows from the seed alone."""
        return random.Random("/".join(map(str, (self.seed, *names))))

    def fail(self, text):
        with self.lock:
            self.broken.append(text)

    # -- requests ---------------------------------------------------------------------------------

    def ask(self, account, method, path, body=None, headers=(), turn=0, seconds=20):
        """One request to one node; None if it gave no whole answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[turn % len(self.ports)], timeout=seconds)
        try:
            connection.request(method, path, body, {"api-key": account.key} | dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def insist(self, what, account, method, path, body=None, headers=(), turn=0, while_also=lambda status: False):
        """Asks over the nodes in turn until there is an answer that stays."""
        for attempt in range(600):
            told = self.ask(account, method, path, body, headers, turn + attempt)
            if told and told[0] not in PASSING and not while_also(told[0]):
                return told
            self.refused[f"{what} {told[0] if told else 'without answer'}"] += 1
            time.sleep(0.2)
        self.fail(f"a {what} of {account.name} was never accepted: {told}")
        return None

    # -- submits ----------------------------------------------------------------------------------

    def submitter(self, account, number):
        dice = self.dice("submits", account.name, number)
        turn = number
        while self.submitting.is_set():
            if len(self.open.get(account.name, ())) >= account.open_max:
                time.sleep(0.02)
                continue
            pages = dice.randint(1, account.pages_max)
            family = dice.choices(["parse", "chunk", "extract", "url", "upload"], [55, 12, 8, 12, 13])[0]
            text = f"Nonce {dice.getrandbits(64):016x}"
            pdf = make_pdf(*([text, f"Page {page}"] + [FILLER] * dice.choice([1, 10, 30]) for page in range(pages)))
            turn += 1
            with contextlib.suppress(KeyError, ValueError):
                self.submit(account, Job(account, text, pages, family), pdf, f"key-{account.name}-{number}-{dice.getrandbits(64):016x}", turn)

    def submit(self, account, job, pdf, idempotency, turn):
        headers = {"idempotency-key": idempotency}
        if job.family == "upload":
            return self.submit_later(account, job, pdf, idempotency, turn)
        if job.family == "url":
            body = json.dumps({"url": self.library.put(idempotency, pdf)})
            told = self.insist("submit", account, "POST", "/parse", body, headers | {"content-type": "application/json"}, turn)
        else:
            path, field, more = {
                "parse": ("/parse", "file", {}),
                "chunk": ("/chunking", "document_file", {"strategy": "paragraph"}),
                "extract": ("/v2/extract", "pdf_file", {"schema_data": SCHEMA}),
            }[job.family]
            body = form(field, pdf, more)
            told = self.insist("submit", account, "POST", path, body, headers | {"content-type": "multipart/form-data; boundary=b"}, turn)
        if told and told[0] == 200:
            self.accepted(json.loads(told[1])["job_id"], job, turn)
        elif told:
            self.fail(f"a submit ({job.family}) was answered {told}")

    def submit_later(self, account, job, pdf, idempotency, turn):
        headers = {"content-type": "application/json", "idempotency-key": idempotency}
        told = self.insist("submit", account, "POST", "/v2/parse/upload", json.dumps({"file_name": "later.pdf"}), headers, turn)
        if not told or told[0] != 200:
            return self.fail(f"an upload was answered {told}") if told else None
        made = json.loads(told[1])
        self.accepted(made["job_id"], job, turn)
        place = urllib.parse.urlsplit(made["upload_url"])
        told = self.insist("upload", account, "PUT", f"{place.path}?{place.query}", pdf, {"content-type": "application/pdf"}, turn)
        if told and told[0] != 200 and not job.cancels:
            self.fail(f"the upload of {made['job_id']} was answered {told}")

    def accepted(self, name, job, turn):
        with self.lock:
            if name in self.jobs:
                self.broken.append(f"{name} was given to two submits")
            self.jobs[name] = job
            self.open.setdefault(job.account.name, {})[name] = True
            self.made[job.family] += 1
        # Found at once, on the other node.
        self.poll(name, turn + 1)

    # -- polls ------------------------------------------------------------------------------------

    def poller(self, number):
        dice = self.dice("polls", number)
        while self.checking.is_set():
            with self.lock:
                unfinished = [name for jobs in self.open.values() for name in jobs]
            some = dice.sample(unfinished, min(len(unfinished), 20))
            for name in some:
                self.poll(name, dice.randrange(len(self.ports)))
            time.sleep(0.02 if some else 0.1)

    def poll(self, name, turn):
        job = self.jobs[name]
        with self.lock:
            before, run = self.seen.get(name), job.run()
        told = self.ask(job.account, "GET", f"/jobs/{name}", turn=turn)
        if told is None or told[0] in PASSING:
            self.refused["read"] += 1
            time.sleep(0.01)
            return
        if told[0] == 404 and job.cancels > 1:
            self.gone(name, job)
            return
        if told[0] != 200:
            self.fail(f"{name} was answered {told}")
            return
        document = json.loads(told[1])
        with self.lock:
            self.reads += 1
            run = run if run == job.run() else None
            now = Seen(run, RANKS[document["status"]], document["updated_at"], document["status"])
            self.compare(name, before, now)
            latest = self.seen.get(name)
            if latest is None or now.updated_at >= latest.updated_at:
                self.seen[name] = now
            if now.rank == 2 and self.open[job.account.name].pop(name, None):
                self.note_end(job, document)

    def compare(self, name, before, now):
        """A client never sees a job go back, but by its own rerun."""
        if before is None:
            return
        if now.updated_at < before.updated_at:
            self.broken.append(f"{name} went back from {before} to {now}")
        elif now.run is not None and now.run == before.run:
            ended_otherwise = before.rank == 2 == now.rank and before.status != now.status
            if now.rank < before.rank or ended_otherwise:
                self.broken.append(f"{name} went back from {before} to {now}")

    def note_end(self, job, document):
        self.ended[document["status"]] += 1
        error = document.get("error") or ""
        if document["status"] == "FAILED" and not (job.cancels and CANCELLED in str(error)):
            self.failures[str(error)] += 1

    def gone(self, name, job):
        with self.lock:
            job.deleted = True
            self.open[job.account.name].pop(name, None)

    def reopen(self, name, job):
        with self.lock:
            self.open[job.account.name][name] = True

    # -- streams ----------------------------------------------------------------------------------

    def follower(self, account):
        """Follows an account's jobs as an EventSource does; each stream ends with its node or its connection."""
        dice, last = self.dice("streams", account.name), 0
        while self.checking.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", dice.choice(self.ports), timeout=20)
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                connection.request("GET", "/events", headers={"api-key": account.key, "last-event-id": str(last)})
                last = self.follow(connection.getresponse(), account, last)
            connection.close()
            time.sleep(0.05)

    def follow(self, answer, account, last):
        """Reads one stream to its end; the place in the outbox up to which it came.

        As the standard says, an event counts, and so does its id, once the empty line behind it is there:
        a connection can break between the id and the data.
        """
        versions, place, change = {}, None, None
        try:
            while answer.status == 200 and (line := answer.readline()):
                if line.startswith(b"id:") and line.endswith(b"\n"):
                    place = int(line[3:])
                elif line.startswith(b"data:") and line.endswith(b"\n"):
                    change = json.loads(line[5:])
                elif line in (b"\n", b"\r\n") and change:
                    last = max(last, place or 0)
                    self.hear(account, change, versions)
                    place, change = None, None
        except (OSError, http.client.HTTPException):
            self.refused["stream"] += 1
        if place is not None:
            self.refused["stream in the middle of an event"] += 1
        return last

    def hear(self, account, change, versions):
        name, version = change["job_id"], change["version"]
        if version <= versions.get(name, 0):
            self.fail(f"the stream of {account.name} sent version {version} of {name} after {versions[name]}")
        versions[name] = version
        self.events += 1
        # A deleted job takes its earlier events with it: a reader of its deletion knows of its end.
        if RANKS.get(change.get("status")) == 2 or change.get("status") is None:
            self.told_end[account.name].add(name)

    def untold(self):
        """Ends that a follower has not heard of."""
        with self.lock:
            ended = [name for name, seen in self.seen.items() if seen.rank == 2 and not self.jobs[name].deleted]
        return [name for name in ended if name not in self.told_end[self.jobs[name].account.name]]

    # -- storms -----------------------------------------------------------------------------------

    def cancel_storm(self, dice, amount):
        """Cancels what has just been seen running and what waits, each twice at the same time on two nodes."""
        with self.lock:
            unfinished = [name for account in self.accounts[:2] for name in self.open.get(account.name, ())]
            running = [name for name in unfinished if self.seen.get(name) and self.seen[name].rank == 1]
        some = running[: amount // 2 + 1] + dice.sample(unfinished, min(len(unfinished), amount // 2))
        threads = []
        for name in dict.fromkeys(some):
            job = self.jobs[name]
            job.cancels += 2
            threads += [threading.Thread(target=self.ask, args=(job.account, "DELETE", f"/jobs/{name}"), kwargs={"turn": turn}) for turn in range(2)]
        together(threads)
        return bool(running)

    def retry_storm(self, dice, amount):
        """Reruns ended jobs, several times at once each; and sends one submit many times at once."""
        with self.lock:
            ended = [name for name, seen in self.seen.items()
                     if seen.rank == 2 and self.jobs[name].family in ("parse", "url") and not self.jobs[name].cancels]
        threads = []
        for name in dice.sample(ended, min(len(ended), amount // 2)):
            threads += [threading.Thread(target=self.rerun, args=(name, turn)) for turn in range(2)]
        account = dice.choice(self.accounts)
        text, pages = f"Nonce {dice.getrandbits(64):016x}", dice.randint(1, account.pages_max)
        pdf = make_pdf(*[[text, FILLER]] * pages)
        told = [None] * amount
        body, key = form("file", pdf, {}), f"storm-{dice.getrandbits(64):016x}"
        headers = {"content-type": "multipart/form-data; boundary=b", "idempotency-key": key}

        def once(turn):
            told[turn] = self.ask(account, "POST", "/parse", body, headers, turn)

        together(threads + [threading.Thread(target=once, args=(turn,)) for turn in range(amount)])
        last = self.insist("submit", account, "POST", "/parse", body, headers)
        if last and last[0] == 200:
            names = {json.loads(one[1])["job_id"] for one in [*told, last] if one and one[0] == 200}
            if len(names) > 1:
                self.fail(f"one idempotency key made {names}")
            self.accepted(names.pop(), Job(account, text, pages, "parse"), 0)
        elif last:
            self.fail(f"a repeated submit was answered {last}")

    def rerun(self, name, turn):
        job = self.jobs[name]
        with self.lock:
            job.reruns, job.rerunning = job.reruns + 1, job.rerunning + 1
        told = self.ask(job.account, "PATCH", f"/api/v1/task/{name}/parse", "{}", {"content-type": "application/json"}, turn)
        with self.lock:
            job.rerunning -= 1
            job.loose |= told is None or told[0] in PASSING
        if told and told[0] not in PASSING and told[0] not in (200, 400, 404, 409):
            self.fail(f"a rerun of {name} was answered {told}")
        self.reopen(name, job)


def form(field, pdf, more):
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode() for name, text in more.items()]
    parts.append(f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="a.pdf"\r\n\r\n'.encode() + pdf + b"\r\n")
    return b"".join(parts) + b"--b--\r\n"


def together(threads):
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Library:
    """A web server with the documents that are submitted by URL."""

    def __init__(self):
        documents = self.documents = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = documents.get(self.path[1:], b"")
                self.send_response(200 if body else 404)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, name, body):
        self.documents[name] = body
        return f"http://127.0.0.1:{self.server.server_port}/{name}"
