import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';

/** A message that a webhook has sent, or a call that a process makes. */
export interface Received {
  id: string;
  /** The event's type; of a call that is no webhook's there is none. */
  type: string | undefined;
  /** What it was signed over, and the signatures. */
  signed: string;
  signatures: readonly string[];
  /** What was answered. */
  status: number;
}

/** Another system on loopback that webhooks are told at and processes call; a test decides what it answers. */
export class Receiver {
  readonly #server: Server;
  readonly host: string;
  readonly received: Received[] = [];
  /** The status of every answer from now on. */
  answers = 204;

  private constructor(server: Server, host: string) {
    this.#server = server;
    this.host = host;
  }

  static async start(): Promise<Receiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const receiver = new Receiver(server, `127.0.0.1:${address.port}`);
    server.on('request', (request, response) => {
      void receiver.#take(request).then((status) => response.writeHead(status).end());
    });
    return receiver;
  }

  /** Where messages are sent to. */
  get url(): string {
    return `http://${this.host}/told`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const header = (name: string) => String(request.headers[name]);
    const id = header('webhook-id');
    this.received.push({
      id,
      type: (JSON.parse(body) as { type?: string }).type,
      signed: `${id}.${header('webhook-timestamp')}.${body}`,
      signatures: header('webhook-signature').split(' '),
      status: this.answers,
    });
    return this.answers;
  }
}

/** Whether a message is signed with a secret, as Standard Webhooks has it. */
export function isSignedWith(secret: string, { signed, signatures }: Received): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return signatures.includes(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
}
