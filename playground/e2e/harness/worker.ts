import { expect } from 'vitest';
import type { Docket } from './docket';

interface Claimed {
  lock: string;
  job: { id: string; attempt: number };
}

/** A machine outside that does jobs over the API, with the token of the development user Olivia. */
export class Worker {
  readonly #docket: Docket;
  readonly #topic: string;
  readonly #name: string;

  constructor(docket: Docket, topic: string, name: string) {
    this.#docket = docket;
    this.#topic = topic;
    this.#name = name;
  }

  /** Claims a job as soon as there is one. */
  async claim(): Promise<Claimed> {
    const input = { topics: [this.#topic], worker: this.#name, max: 1, lockSeconds: 300 };
    const claim = async () => {
      const { claimJobs } = await this.#ask<{ claimJobs: { jobs: Claimed[] } }>(
        'mutation Claim($input: ClaimJobsInput!) { claimJobs(input: $input) { jobs { lock job { id attempt } } } }',
        input,
      );
      return claimJobs.jobs[0];
    };
    let claimed = await claim();
    await expect.poll(async () => (claimed ??= await claim())).toBeDefined();
    if (!claimed) throw new Error('There is no job.');
    return claimed;
  }

  /** Claims a job and says that it could not be done. */
  async fail(code: string, message: string, final = false): Promise<void> {
    const { lock, job } = await this.claim();
    await this.failClaimed({ lock, job }, code, message, final);
  }

  /** Says that a claimed job could not be done. */
  async failClaimed({ lock, job }: Claimed, code: string, message: string, final = false): Promise<void> {
    await this.#ask('mutation Fail($input: FailJobInput!) { failJob(input: $input) { job { status } } }', {
      jobId: job.id,
      lock,
      code,
      message,
      final,
      ...(!final && { retryAfterSeconds: 1 }),
    });
  }

  /** Claims a job and says that it is done. */
  async complete(): Promise<void> {
    const { lock, job } = await this.claim();
    await this.#ask(
      'mutation Complete($input: CompleteJobInput!) { completeJob(input: $input) { job { status } } }',
      { jobId: job.id, lock },
    );
  }

  async #ask<Data>(query: string, input: object): Promise<Data> {
    const { url } = this.#docket;
    const users = (await (await fetch(`${url}/dev/users`)).json()) as { name: string; token: string }[];
    const token = users.find(({ name }) => name === 'Olivia')?.token ?? '';
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data, errors } = (await answer.json()) as { data: Data; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }
}
