import type { Fault } from './fault';

export interface LiveSnapshot<Data> {
  /** The latest answer; null before the first. */
  data: Data | null;
  /** Why the latest attempt failed. */
  fault: Fault | null;
  /** An answer is on its way. */
  loading: boolean;
}

export type LoadAnswer<Data> = { data: Data } | { fault: Fault };

/**
 * A query whose answer is kept current: `refresh` asks again, what is shown stays meanwhile. However often it is called,
 * one request is under way, and one more follows it.
 */
export class LiveQuery<Data> {
  readonly #load: () => Promise<LoadAnswer<Data>>;
  readonly #listeners = new Set<() => void>();
  #snapshot: LiveSnapshot<Data> = { data: null, fault: null, loading: true };
  #asking = false;
  #again = false;
  #generation = 0;

  constructor(load: () => Promise<LoadAnswer<Data>>) {
    this.#load = load;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): LiveSnapshot<Data> => this.#snapshot;

  readonly refresh = (): void => {
    if (this.#asking) this.#again = true;
    else void this.#ask();
  };

  /** Takes over what a mutation answered; an answer that is on its way is older, and is asked for again. */
  readonly put = (data: Data): void => {
    this.#set({ data, fault: null });
    if (this.#asking) this.#again = true;
  };

  /** Forgets what is on its way. */
  readonly close = (): void => {
    this.#generation++;
    this.#asking = false;
    this.#again = false;
  };

  async #ask(): Promise<void> {
    const generation = this.#generation;
    this.#asking = true;
    this.#set({ loading: true });
    do {
      this.#again = false;
      const answer = await this.#load();
      if (generation !== this.#generation) return;
      // What became old while it was on its way is not shown, unless there is nothing else.
      if ('fault' in answer) this.#set({ fault: answer.fault });
      else if (!this.isAgain() || this.#snapshot.data === null) this.#set({ data: answer.data, fault: null });
    } while (this.isAgain());
    this.#asking = false;
    this.#set({ loading: false });
  }

  private isAgain(): boolean {
    return this.#again;
  }

  #set(changes: Partial<LiveSnapshot<Data>>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
