import type { Fault } from '../api/fault';
import type { InboxNews, TaskNews } from './inboxFeed';
import { emptyInbox, inbox, type InboxEvent, type InboxState, type TaskPageData } from './inboxState';

export interface ListPorts {
  load: () => Promise<{ page: TaskPageData } | { fault: Fault }>;
  /** Whether rows may move: nobody points at them, or has scrolled to them. */
  mayMove: () => boolean;
  /** What has become of a task that is no longer to be listed. */
  leaves: readonly TaskNews['kind'][];
}

export interface ListSnapshot extends InboxState {
  fault: Fault | null;
  loading: boolean;
}

/** One page of tasks, kept current by the inbox's news: each burst of them asks for the page once more. */
export class InboxList {
  readonly #ports: ListPorts;
  readonly #listeners = new Set<() => void>();
  #snapshot: ListSnapshot = { ...emptyInbox, fault: null, loading: true };
  #asking = false;
  #generation = 0;

  constructor(ports: ListPorts) {
    this.#ports = ports;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): ListSnapshot => this.#snapshot;

  /** Something has changed. */
  readonly hear = (news: InboxNews): void => {
    this.#apply({ type: 'heard', news: news.all ? [] : news.tasks, leaves: this.#ports.leaves });
    if (!this.#asking) void this.#ask(false);
  };

  /** Reads the page again and shows it as it is. */
  readonly reload = (): void => void this.#ask(true);

  /** Shows what is new. */
  readonly catchUp = (): void => this.#apply({ type: 'caughtUp' });

  readonly close = (): void => {
    this.#generation++;
    this.#asking = false;
  };

  async #ask(move: boolean): Promise<void> {
    const generation = ++this.#generation;
    this.#asking = true;
    this.#set({ loading: true });
    do {
      this.#apply({ type: 'asked' });
      const answer = await this.#ports.load();
      if (generation !== this.#generation) return;
      if ('fault' in answer) {
        this.#set({ fault: answer.fault });
        break;
      }
      this.#apply(
        { type: 'loaded', page: answer.page, mayMove: move || this.#ports.mayMove() },
        { fault: null },
      );
    } while (this.#snapshot.stale);
    this.#asking = false;
    this.#set({ loading: false });
  }

  #apply(event: InboxEvent, changes: Partial<ListSnapshot> = {}): void {
    this.#set({ ...inbox(this.#snapshot, event), ...changes });
  }

  #set(changes: Partial<ListSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
