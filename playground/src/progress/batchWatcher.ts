import type { Fault } from '../api/fault';
import type { WatchHandlers } from './progressSocket';
import {
  type BatchState,
  initialProgress,
  isFinal,
  type PageItem,
  progress,
  type ProgressEvent,
  type ProgressMessage,
  type ProgressState,
} from './progressState';

/** Everything else a page of a batch shows; `Rest` is what the query answers beside batch state and items. */
export interface LoadedPage<Rest> {
  batch: BatchState;
  items: readonly PageItem[];
  rest: Rest;
}

/** What the watcher needs from outside; tests give it by hand. */
export interface WatcherPorts<Request, Rest> {
  load: (request: Request) => Promise<{ page: LoadedPage<Rest> | null } | { fault: Fault }>;
  /** Subscribes; the handlers are never called before it has returned. */
  watch: (handlers: WatchHandlers) => () => void;
  /** Runs the function once, with the next frame; answers how to call it off. */
  nextFrame: (run: () => void) => () => void;
  /** Runs the function once, after about this many milliseconds; answers how to call it off. */
  later: (run: () => void, milliseconds: number) => () => void;
  /** The batch was seen to have ended: while it was watched, or when it was first loaded. */
  onFinished: () => void;
}

export interface WatcherSnapshot<Rest> {
  progress: ProgressState;
  rest: Rest | null;
  /** A page that is not there yet was asked for. */
  loading: boolean;
  /** The query answered that there is no such batch. */
  missing: boolean;
  fault: Fault | null;
  /** A subscription is open or being opened again. */
  watching: boolean;
}

const REOPEN_AFTER_MS = 1_000;

function hasEnded({ batch }: ProgressState): boolean {
  return batch !== null && isFinal(batch.status);
}

/**
 * Keeps one batch current on a page: loads the page, follows the subscription from the page's cursor, draws at most
 * once a frame however fast messages come, and loads the page again when the batch has ended.
 */
export class BatchWatcher<Request, Rest> {
  readonly #ports: WatcherPorts<Request, Rest>;
  readonly #listeners = new Set<() => void>();
  #snapshot: WatcherSnapshot<Rest> = {
    progress: initialProgress,
    rest: null,
    loading: true,
    missing: false,
    fault: null,
    watching: false,
  };
  #request: Request | null = null;
  #requests = 0;
  #inbox: ProgressMessage[] = [];
  #cancelFrame: (() => void) | null = null;
  #cancelLater: (() => void) | null = null;
  #stopWatching: (() => void) | null = null;
  #closed = false;

  constructor(ports: WatcherPorts<Request, Rest>) {
    this.#ports = ports;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): WatcherSnapshot<Rest> => this.#snapshot;

  /** Shows another page, or the same one as it is now; opens the watcher again after `close`. */
  readonly show = (request: Request): void => {
    this.#closed = false;
    this.#request = request;
    this.#set({ loading: true });
    void this.#load();
  };

  /** Loads the page that is shown again, quietly, and watches again if the batch has been reopened elsewhere. */
  readonly refresh = (): void => {
    if (this.#request !== null) void this.#load();
  };

  /** Takes over what a mutation answered and, when that reopened the batch, watches it from where it was. */
  readonly changed = (batch: BatchState): void => {
    if (this.#closed) return;
    this.#flush();
    this.#apply({ type: 'batchChanged', batch });
    this.#follow();
    this.refresh();
  };

  /** Stops following and forgets what is on its way. */
  readonly close = (): void => {
    this.#closed = true;
    this.#requests++;
    this.#endWatch();
    this.#flush();
    this.#cancelLater?.();
  };

  async #load(): Promise<void> {
    const request = this.#request;
    if (request === null || this.#closed) return;
    this.#flush();
    const id = ++this.#requests;
    this.#apply({ type: 'pageRequested', id });
    const answer = await this.#ports.load(request);
    if (id !== this.#requests) return;
    this.#flush();
    if ('fault' in answer) {
      this.#apply({ type: 'pageFailed', id }, { loading: false, fault: answer.fault });
      return;
    }
    const { page } = answer;
    if (!page) {
      this.#endWatch();
      this.#apply({ type: 'pageFailed', id }, { loading: false, missing: true, fault: null });
      return;
    }
    this.#apply(
      { type: 'pageLoaded', id, watched: this.#stopWatching !== null, batch: page.batch, items: page.items },
      { loading: false, missing: false, rest: page.rest, fault: null },
    );
    this.#follow();
  }

  #follow(): void {
    const { batch } = this.#snapshot.progress;
    if (this.#closed || this.#stopWatching || !batch || isFinal(batch.status)) return;
    this.#stopWatching = this.#ports.watch({
      cursor: () => this.#inbox.at(-1)?.cursor ?? this.#snapshot.progress.cursor,
      onMessage: (message) => this.#receive(message),
      onComplete: () => this.#completed(),
      onFault: (fault) => {
        this.#endWatch();
        this.#set({ fault });
      },
    });
    this.#set({ watching: true });
  }

  #receive(message: ProgressMessage): void {
    this.#inbox.push(message);
    this.#cancelFrame ??= this.#ports.nextFrame(() => this.#flush());
  }

  #flush(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = null;
    if (this.#inbox.length === 0) return;
    const messages = this.#inbox;
    this.#inbox = [];
    this.#apply({ type: 'heard', messages });
  }

  #completed(): void {
    this.#flush();
    this.#endWatch();
    const { batch } = this.#snapshot.progress;
    if (batch && isFinal(batch.status)) {
      void this.#load();
      return;
    }
    // A server that shuts down may end the stream before the batch has ended.
    this.#cancelLater?.();
    this.#cancelLater = this.#ports.later(() => this.#follow(), REOPEN_AFTER_MS);
  }

  #endWatch(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
    if (this.#snapshot.watching) this.#set({ watching: false });
  }

  #apply(event: ProgressEvent, changes: Partial<WatcherSnapshot<Rest>> = {}): void {
    const hadEnded = hasEnded(this.#snapshot.progress);
    this.#set({ ...changes, progress: progress(this.#snapshot.progress, event) });
    if (!hadEnded && hasEnded(this.#snapshot.progress)) this.#ports.onFinished();
  }

  #set(changes: Partial<WatcherSnapshot<Rest>>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
