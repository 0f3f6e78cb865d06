// pg-boss, driven like the example `queue` of docket-store:
//   node pgboss.mjs DATABASE_URL fill COUNT
//   node pgboss.mjs DATABASE_URL enqueue|claim|batched SECONDS CONCURRENCY
// Prints the number of jobs and the seconds that they took. And like the example `steady`:
//   node pgboss.mjs DATABASE_URL steady SECONDS CONCURRENCY CONNECTIONS FILE
import PgBoss from "pg-boss";

const [url, mode, seconds, concurrency = 1, connections = concurrency, file] = process.argv.slice(2);
const queue = "bench";
const steady = mode === "steady";
const boss = new PgBoss({ connectionString: url, max: Number(connections), supervise: steady, maintenanceIntervalSeconds: 1, schedule: false });
boss.on("error", (error) => { if (!steady) { console.error(error); process.exit(1); } });
await boss.start();
await boss.createQueue(queue);
// As much as our own row says of a document and of its parameters.
const data = { spec: { use_high_resolution: false, ocr_mode: "auto_ocr" }, document: { name: "report.pdf", sha256: "ab".repeat(32), bytes: 1234, blob: "uploads/ab/00000000000000000000000000000000" } };

if (mode === "fill") {
  for (let left = Number(seconds); left > 0; left -= 5000) {
    await boss.insert(Array.from({ length: Math.min(left, 5000) }, () => ({ name: queue, data })));
  }
  await boss.stop({ graceful: false });
  process.exit(0);
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Half of the tasks submit, half work; what fails is tried again. Then what is left is worked on.
if (steady) {
  const { writeFileSync } = await import("node:fs");
  const acknowledged = [];
  let completed = 0, errors = 0, submitting = true, working = true;
  const failed = async () => { errors += 1; await pause(20); };
  const submit = async () => {
    while (submitting) {
      if (acknowledged.length - completed > 500) { await pause(1); continue; }
      try {
        const id = await boss.send(queue, data, { retryLimit: 1000, expireInSeconds: 3 });
        acknowledged.push(id);
      } catch { await failed(); }
    }
  };
  const work = async () => {
    while (working) {
      try {
        const [job] = await boss.fetch(queue);
        if (!job) { await pause(2); continue; }
        const told = await boss.complete(queue, job.id);
        completed += told?.affected ?? 1;
      } catch { await failed(); }
    }
  };
  console.log("STARTED");
  const tasks = Array.from({ length: Number(concurrency) }, (_, number) => (number % 2 ? work() : submit()));
  await pause(Number(seconds) * 1000);
  const inTime = completed;
  submitting = false;
  const draining = performance.now();
  while (performance.now() - draining < 60_000) {
    try { if (await boss.getQueueSize(queue, { before: "completed" }) === 0) break; } catch { errors += 1; }
    await pause(100);
  }
  working = false;
  await Promise.all(tasks);
  console.log(`RESULT ${inTime} ${errors} ${(performance.now() - draining) / 1000}`);
  writeFileSync(file, acknowledged.join("\n"));
  process.exit(0);
}

const steps = {
  enqueue: async () => { await boss.send(queue, data); return 1; },
  claim: async () => {
    const [job] = await boss.fetch(queue);
    if (!job) return 0;
    await boss.complete(queue, job.id);
    return 1;
  },
  batched: async () => {
    const jobs = await boss.fetch(queue, { batchSize: 50 });
    if (!jobs.length) return 0;
    await boss.complete(queue, jobs.map((job) => job.id));
    return jobs.length;
  },
};

const started = performance.now();
const until = started + Number(seconds) * 1000;
let done = 0;
await Promise.all(Array.from({ length: Number(concurrency) }, async () => {
  while (performance.now() < until) {
    const count = await steps[mode]();
    if (count === 0) break;
    done += count;
  }
}));
console.log(`RESULT ${done} ${(performance.now() - started) / 1000}`);
await boss.stop({ graceful: false });
process.exit(0);
