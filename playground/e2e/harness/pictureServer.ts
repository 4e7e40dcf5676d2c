import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';

const PICTURE = readFileSync(join(import.meta.dirname, '../../public/samples/cat.jpg'));

/**
 * Pictures from elsewhere, for the server under test to fetch. `/gated/…` is answered only once the gate is open, so a
 * test decides how long a batch runs; `/flaky/…` is missing until it is mended.
 */
export class PictureServer {
  readonly #server: Server;
  readonly #waiting = new Set<ServerResponse>();
  #gateOpen = false;
  #mended = false;
  readonly host: string;

  private constructor(server: Server, host: string) {
    this.#server = server;
    this.host = host;
  }

  static async start(): Promise<PictureServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const pictures = new PictureServer(server, `127.0.0.1:${address.port}`);
    server.on('request', (request, response) => pictures.#answer(request.url ?? '/', response));
    return pictures;
  }

  /** Addresses of this many pictures of a kind: `good`, `gated`, `flaky`, `text` or `missing`. */
  urls(kind: string, count: number): string[] {
    return Array.from({ length: count }, (_, place) => `http://${this.host}/${kind}/${place}.jpg`);
  }

  /** Answers the gated requests, those that wait and those to come. */
  openGate(): void {
    this.#gateOpen = true;
    for (const response of this.#waiting) send(response);
    this.#waiting.clear();
  }

  /** Answers one of the gated requests that wait; says whether there was one. */
  letOneThrough(): boolean {
    const [response] = this.#waiting;
    if (response === undefined) return false;
    this.#waiting.delete(response);
    send(response);
    return true;
  }

  closeGate(): void {
    this.#gateOpen = false;
  }

  mend(): void {
    this.#mended = true;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(path: string, response: ServerResponse): void {
    const kind = path.split('/')[1];
    if (kind === 'good' || (kind === 'gated' && this.#gateOpen) || (kind === 'flaky' && this.#mended)) {
      send(response);
    } else if (kind === 'gated') {
      this.#waiting.add(response);
      response.on('close', () => this.#waiting.delete(response));
    } else if (kind === 'text') {
      response.writeHead(200, { 'content-type': 'image/jpeg' }).end('This is not a picture.');
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('missing');
    }
  }
}

function send(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': PICTURE.length }).end(PICTURE);
}
