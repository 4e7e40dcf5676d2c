import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 15_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** This process's environment without settings of a server, which are not meant for the one under test. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const isSetting = (name: string) => /^DOCKET_|^(DATABASE|REDIS)_URL$/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isSetting(name)));
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A docket server in development mode with a data folder of its own, or the one that `DOCKET_TEST_URL` names. */
export class Docket {
  readonly url: string;
  readonly #binary: string | null;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #folder: string | null;
  #process: ChildProcess | null = null;
  #log = '';

  private constructor(
    url: string,
    binary: string | null,
    environment: NodeJS.ProcessEnv,
    folder: string | null,
  ) {
    this.url = url;
    this.#binary = binary;
    this.#environment = environment;
    this.#folder = folder;
  }

  /** Whether the server is not ours, so that it must not be killed. */
  static get isForeign(): boolean {
    return process.env.DOCKET_TEST_URL !== undefined;
  }

  /** Starts a server with these settings beside the usual ones, and waits until it is ready. */
  static async start(settings: Record<string, string> = {}): Promise<Docket> {
    const { DOCKET_TEST_URL: url, DOCKET_TEST_BIN: binary } = process.env;
    if (url !== undefined) return new Docket(url, null, {}, null);
    if (binary === undefined)
      throw new Error('DOCKET_TEST_BIN must name the docket binary, or DOCKET_TEST_URL a server.');
    const folder = await mkdtemp(join(tmpdir(), 'docket-e2e-'));
    const listen = `127.0.0.1:${await freePort()}`;
    const environment = { ...bareEnvironment(), ...settings, DOCKET_LISTEN: listen, DOCKET_DATA_DIR: folder };
    const docket = new Docket(`http://${listen}`, binary, environment, folder);
    await docket.restart();
    return docket;
  }

  /** Starts the server on its port and its data, after `kill`. */
  async restart(): Promise<void> {
    if (this.#binary === null) throw new Error('The server is not ours to restart.');
    const child = spawn(this.#binary, ['serve', '--dev'], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const keep = (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const deadline = Date.now() + START_WITHIN_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`docket ended at once:\n${this.#log}`);
      const ready = await fetch(`${this.url}/readyz`).then(
        (response) => response.ok,
        () => false,
      );
      if (ready) return;
      await pause(50);
    }
    throw new Error(`docket was not ready in time:\n${this.#log}`);
  }

  /** Ends the server as a power failure would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the server in order and removes its data. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    if (this.#folder !== null) await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(late);
  }
}
