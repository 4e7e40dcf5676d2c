// graphile-worker with its local queue and batched completion; the task itself keeps the result,
// in one row a job. Prints {"items", "seconds"}.
//   DATABASE_URL=… node graphile-worker.mjs JOBS
import { performance } from "node:perf_hooks";
import { Logger, run, runMigrations } from "graphile-worker";
import pg from "pg";

const jobs = Number(process.argv[2]);
const pgPool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 12 });
function fail(error) {
  throw error;
}
pgPool.on("error", fail);
pgPool.on("connect", (client) => client.on("error", fail));
const logger = new Logger(() => () => undefined);

await runMigrations({ pgPool, logger });
await pgPool.query("CREATE TABLE result (n integer PRIMARY KEY, output jsonb NOT NULL)");
await pgPool.query(
  `SELECT count(*) FROM graphile_worker.add_jobs(
     (SELECT array_agg(json_populate_record(
         null::graphile_worker.job_spec,
         json_build_object('identifier', 'noop', 'payload', json_build_object('n', n))))
      FROM generate_series(1, $1::int) AS n))`,
  [jobs],
);

let left = jobs;
let finish;
const finished = new Promise((resolve) => {
  finish = resolve;
});
const start = performance.now();
const runner = await run({
  pgPool,
  logger,
  noHandleSignals: true,
  preset: {
    worker: {
      concurrentJobs: 10,
      maxPoolSize: 12,
      pollInterval: 2000,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  taskList: {
    async noop({ n }) {
      await pgPool.query({
        name: "result",
        text: "INSERT INTO result (n, output) VALUES ($1, $2)",
        values: [n, '{"ok":true}'],
      });
      left -= 1;
      if (left === 0) finish();
    },
  },
});
await finished;
// Stopping writes the completions that are still in hand: they belong to the time.
await runner.stop();
const seconds = (performance.now() - start) / 1000;
const { rows } = await pgPool.query(
  "SELECT (SELECT count(*)::int FROM result) AS kept, (SELECT count(*)::int FROM graphile_worker.jobs) AS waiting",
);
await pgPool.end();
if (rows[0].kept !== jobs || rows[0].waiting !== 0) {
  throw new Error(`of ${jobs} jobs ${rows[0].kept} results are kept and ${rows[0].waiting} jobs wait`);
}
console.log(JSON.stringify({ items: jobs, seconds }));
