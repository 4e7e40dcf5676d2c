// pg-boss, 500 jobs a fetch, each completed with an output. Prints {"items", "seconds"}.
//   DATABASE_URL=… node pg-boss.mjs JOBS
import { performance } from "node:perf_hooks";
import PgBoss from "pg-boss";

const jobs = Number(process.argv[2]);
const chunk = 500;
const queue = "noop";

const boss = new PgBoss({
  connectionString: process.env.DATABASE_URL,
  schedule: false,
  supervise: false,
});
boss.on("error", (error) => {
  throw error;
});
await boss.start();
await boss.createQueue(queue);
for (let done = 0; done < jobs; done += chunk) {
  const count = Math.min(chunk, jobs - done);
  await boss.insert(
    Array.from({ length: count }, (_, i) => ({ name: queue, data: { n: done + i } })),
  );
}

let completed = 0;
// Its own `work` sleeps at least half a second between fetches; fetching in a loop does not.
async function worker() {
  for (;;) {
    const found = await boss.fetch(queue, { batchSize: chunk });
    if (found.length === 0) return;
    await boss.complete(
      queue,
      found.map((job) => job.id),
      { ok: true },
    );
    completed += found.length;
  }
}

const start = performance.now();
await Promise.all([worker(), worker()]);
const seconds = (performance.now() - start) / 1000;
await boss.stop({ graceful: false });
if (completed !== jobs) throw new Error(`${completed} of ${jobs} jobs were completed`);
console.log(JSON.stringify({ items: completed, seconds }));
