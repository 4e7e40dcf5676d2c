import { type Fault } from '../api/fault';
import type { TaskInboxSubscription } from '../gql/graphql';
import type { Handlers } from '../progress/progressSocket';

/** One message of `taskInbox`. */
export type InboxMessage = TaskInboxSubscription['taskInbox'];
/** What has become of a task. */
export interface TaskNews {
  kind: NonNullable<InboxMessage['kind']>;
  taskId: string;
  instanceId: string;
}
/** What listeners are told: which tasks changed, or that everything may have. */
export type InboxNews = { all: true } | { all: false; tasks: readonly TaskNews[] };

export interface FeedPorts {
  /** Subscribes; the handlers are never called before it has returned. */
  watch: (handlers: Handlers<InboxMessage>) => () => void;
  /** Runs the function once, with the next frame; answers how to call it off. */
  nextFrame: (run: () => void) => () => void;
  /** Runs the function once, after about this many milliseconds; answers how to call it off. */
  later: (run: () => void, milliseconds: number) => () => void;
}

const REOPEN_AFTER_MS = 1_000;

/**
 * The inbox of whoever is signed in, live: one subscription for everything on the page that shows tasks. It goes on from
 * its cursor after a lost connection; listeners are told at most once a frame.
 */
export class InboxFeed {
  readonly #ports: FeedPorts;
  readonly #listeners = new Set<(news: InboxNews) => void>();
  #cursor: string | null = null;
  #heard: TaskNews[] = [];
  #allChanged = false;
  #stop: (() => void) | null = null;
  #cancelFrame: (() => void) | null = null;
  #cancelLater: (() => void) | null = null;

  constructor(ports: FeedPorts) {
    this.#ports = ports;
  }

  /** Listens; the first listener opens the subscription, the last to leave ends it. */
  readonly listen = (listener: (news: InboxNews) => void): (() => void) => {
    this.#listeners.add(listener);
    this.#open();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#close();
    };
  };

  #open(): void {
    if (this.#stop || this.#listeners.size === 0) return;
    this.#cancelLater?.();
    this.#cancelLater = null;
    this.#stop = this.#ports.watch({
      cursor: () => this.#cursor,
      onMessage: (message) => this.#receive(message),
      onComplete: () => this.#reopen(),
      onFault: (fault) => this.#failed(fault),
    });
  }

  #receive({ cursor, kind, task }: InboxMessage): void {
    this.#cursor = cursor;
    // The first message says where things stand; what was read before it may be older.
    if (!kind || !task) this.#allChanged = true;
    else this.#heard.push({ kind, taskId: task.id, instanceId: task.instance.id });
    this.#cancelFrame ??= this.#ports.nextFrame(() => this.#tell());
  }

  #tell(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    const tasks = this.#heard;
    const all = this.#allChanged;
    this.#heard = [];
    this.#allChanged = false;
    if (tasks.length > 0) this.#publish({ all: false, tasks });
    if (all) this.#publish({ all: true });
  }

  #publish(news: InboxNews): void {
    for (const listener of this.#listeners) listener(news);
  }

  #failed(fault: Fault): void {
    // A cursor that the server no longer knows: from where it stands now, reading everything anew.
    if (fault.code === 'BAD_INPUT') this.#cursor = null;
    this.#reopen();
  }

  #reopen(): void {
    this.#stop?.();
    this.#stop = null;
    this.#cancelLater?.();
    this.#cancelLater = this.#ports.later(() => this.#open(), REOPEN_AFTER_MS);
  }

  #close(): void {
    this.#stop?.();
    this.#stop = null;
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    this.#cancelLater?.();
    this.#cancelLater = null;
    this.#heard = [];
    this.#allChanged = false;
    // Who listens next reads everything anew.
    this.#cursor = null;
  }
}
