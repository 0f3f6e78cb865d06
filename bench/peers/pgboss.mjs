// pg-boss, driven like the example `queue` of docket-store:
//   node pgboss.mjs DATABASE_URL fill COUNT
//   node pgboss.mjs DATABASE_URL enqueue|claim|batched SECONDS CONCURRENCY
// Prints the number of jobs and the seconds that they took.
import PgBoss from "pg-boss";

const [url, mode, seconds, concurrency = 1] = process.argv.slice(2);
const queue = "bench";
const boss = new PgBoss({ connectionString: url, max: Number(concurrency), supervise: false, schedule: false });
boss.on("error", (error) => { console.error(error); process.exit(1); });
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
