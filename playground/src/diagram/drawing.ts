import type { Canvas, Drawn, Place } from './canvas';
import type { Marks } from './marks';

/** How a drawing stands: on its way, as it came out, or without the code that draws it. */
export type DrawingState = 'loading' | 'unloaded' | Drawn;

export interface DrawingSnapshot {
  state: DrawingState;
  /** What the page fills, by the ids of the elements beside which it lies. */
  corners: ReadonlyMap<string, HTMLElement>;
  notes: ReadonlyMap<string, HTMLElement>;
}

/** What is to be seen on a drawing. */
export interface Seen {
  marks: Marks;
  /** The flows that were taken. */
  taken: ReadonlySet<string>;
  /** The elements about which there is something to say below them. */
  noted: readonly string[];
}

const NOTHING: DrawingSnapshot = { state: 'loading', corners: new Map(), notes: new Map() };

/** A drawing on a page, from before its code is there until it is taken away. */
export class Drawing {
  readonly #listeners = new Set<() => void>();
  #snapshot = NOTHING;
  #canvas: Canvas | null = null;
  #seen: Seen = { marks: new Map(), taken: new Set(), noted: [] };
  #name: readonly [label: string, help: string] = ['', ''];
  #onPressed: (id: string) => void = () => undefined;
  #generation = 0;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): DrawingSnapshot => this.#snapshot;

  /** Draws a document, or of it a process, into an element; what is returned takes it away again. */
  attach(container: HTMLElement, xml: string, process: string | null): () => void {
    const generation = ++this.#generation;
    this.#set(NOTHING);
    void this.#draw(container, { xml, process }, () => generation === this.#generation);
    return () => {
      this.#generation++;
      this.#canvas?.remove();
      this.#canvas = null;
    };
  }

  async #draw(
    container: HTMLElement,
    { xml, process }: { xml: string; process: string | null },
    isWanted: () => boolean,
  ): Promise<void> {
    const loaded = await import('./canvas').catch(() => null);
    if (!isWanted()) return;
    if (!loaded) {
      this.#set({ state: 'unloaded' });
      return;
    }
    const canvas = new loaded.Canvas(container);
    this.#canvas = canvas;
    const state = await canvas.open(xml, process);
    if (!isWanted()) return;
    canvas.onPressed((id) => this.#onPressed(id));
    canvas.name(...this.#name);
    this.#set({ state });
    this.see(this.#seen);
  }

  /** Shows what is known now. */
  see(seen: Seen): void {
    this.#seen = seen;
    const canvas = this.#canvas;
    if (!canvas || this.#snapshot.state !== 'drawn') return;
    canvas.mark(seen.marks, seen.taken);
    const { corners, notes } = this.#snapshot;
    const changes = {
      ...lay(canvas, 'corner', corners, [...seen.marks.keys()], 'corners'),
      ...lay(canvas, 'below', notes, seen.noted, 'notes'),
    };
    if (Object.keys(changes).length > 0) this.#set(changes);
  }

  /** What it is called, and which keys move it. */
  name(label: string, help: string): void {
    this.#name = [label, help];
    if (this.#snapshot.state === 'drawn') this.#canvas?.name(label, help);
  }

  /** Brings an element into view; says whether it is there. */
  show(id: string): boolean {
    return this.#snapshot.state === 'drawn' && this.#canvas?.show(id) === true;
  }

  /** Hears of every element that is pressed. */
  hear(onPressed: (id: string) => void): void {
    this.#onPressed = onPressed;
  }

  zoom(steps: number): void {
    this.#canvas?.zoom(steps);
  }

  move(right: number, down: number): void {
    this.#canvas?.move(right, down);
  }

  fit(): void {
    this.#canvas?.fit();
  }

  #set(changes: Partial<DrawingSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...changes };
    for (const listener of this.#listeners) listener();
  }
}

/** Lays something beside each of these elements, where other ones have it now. */
function lay(
  canvas: Canvas,
  place: Place,
  before: ReadonlyMap<string, HTMLElement>,
  ids: readonly string[],
  name: 'corners' | 'notes',
): Partial<DrawingSnapshot> {
  const drawn = ids.filter((id) => canvas.has(id));
  if (drawn.length === before.size && drawn.every((id) => before.has(id))) return {};
  canvas.clear(place);
  const laid = drawn.flatMap((id) => {
    const host = canvas.lay(id, place);
    return host ? [[id, host] as const] : [];
  });
  return { [name]: new Map(laid) };
}
