import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';

import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import type DiagramCanvas from 'diagram-js/lib/core/Canvas';
import type ElementRegistry from 'diagram-js/lib/core/ElementRegistry';
import type EventBus from 'diagram-js/lib/core/EventBus';
import type Overlays from 'diagram-js/lib/features/overlays/Overlays';
import { FONT } from '../theme';
import { diagramOf, type DiagramOf } from './diagrams';
import type { Marks } from './marks';

interface Services {
  canvas: DiagramCanvas;
  elementRegistry: ElementRegistry;
  eventBus: EventBus;
  overlays: Overlays;
}

/** What came of drawing a document: it is there, it says nothing of a drawing, or it cannot be read. */
export type Drawn = 'drawn' | 'bare' | 'unreadable';

/** Where something can be laid beside an element. */
export type Place = 'corner' | 'below';

const PLACES = { corner: { top: -11, right: 11 }, below: { bottom: -4, left: 0 } };
const SMALLEST = 0.2;
const LARGEST = 4;
/** How much closer one step of zooming comes, and how many pixels one of moving goes. */
const ZOOM_STEP = 1.25;
const MOVE_STEP = 60;

/** The colours are the page's, so that they change with its scheme and the drawing need not be made anew. */
const COLOURS = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-stroke)',
  defaultLabelColor: 'var(--diagram-label)',
};

/** A drawing of a BPMN document by bpmn-js, to look at. This file and what it needs are loaded where there is one. */
export class Canvas {
  readonly #container: HTMLElement;
  readonly #viewer: NavigatedViewer<Services>;
  readonly #resized: ResizeObserver;
  readonly #marked = new Map<string, string>();
  /** Whether the reader has chosen what to see of it. */
  #isPlaced = false;

  constructor(container: HTMLElement) {
    this.#viewer = new NavigatedViewer<Services>({
      container,
      bpmnRenderer: COLOURS,
      textRenderer: { defaultStyle: { fontFamily: FONT } },
      // The wheel scrolls the page; with Ctrl it zooms, see below.
      zoomScroll: { enabled: false },
    });
    this.#container = container;
    container.addEventListener('wheel', this.#onWheel, { passive: false });
    container.addEventListener('pointerdown', this.#onTouch);
    this.#resized = new ResizeObserver(() => {
      this.#canvas.resized();
      if (!this.#isPlaced) this.#fitNow();
    });
    this.#resized.observe(container);
  }

  get #canvas(): DiagramCanvas {
    return this.#viewer.get('canvas');
  }

  get #elements(): ElementRegistry {
    return this.#viewer.get('elementRegistry');
  }

  /** Draws a document: the diagram of a process where it is said of which, and else its first. */
  async open(xml: string, process: string | null): Promise<Drawn> {
    try {
      await this.#viewer.importXML(xml);
      const definitions = this.#viewer.getDefinitions() as { diagrams?: DiagramOf[] };
      const diagrams = definitions.diagrams ?? [];
      const wanted = process === null ? undefined : diagramOf(diagrams, process);
      if (wanted && wanted !== diagrams[0]) await this.#viewer.open(wanted);
    } catch (error) {
      return error instanceof Error && /no diagram to display|no (plane|bpmnElement)/i.test(error.message)
        ? 'bare'
        : 'unreadable';
    }
    const root = this.#canvas.getRootElement();
    if (this.#elements.filter((element) => element !== root).length === 0) return 'bare';
    this.#fitNow();
    this.#viewer.get('eventBus').on('drag.start', () => {
      this.#place(true);
    });
    return 'drawn';
  }

  /** Names the drawing to whoever reads it by ear, and takes the keys that move it. */
  name(label: string, help: string): void {
    const svg = this.#canvas.getContainer().querySelector('svg');
    svg?.setAttribute('role', 'application');
    svg?.setAttribute('aria-label', label);
    svg?.setAttribute('aria-description', help);
  }

  /** Marks these elements, and the flows that were taken, and nothing else. */
  mark(marks: Marks, taken: ReadonlySet<string>): void {
    const wanted = new Map<string, string>([...marks].map(([id, mark]) => [id, `mark-${mark}`]));
    for (const flow of taken) if (!wanted.has(flow)) wanted.set(flow, 'mark-taken');
    for (const [id, marker] of this.#marked) {
      if (wanted.get(id) === marker) continue;
      this.#canvas.removeMarker(id, marker);
      this.#marked.delete(id);
    }
    for (const [id, marker] of wanted) {
      if (this.#marked.get(id) === marker || !this.has(id)) continue;
      this.#canvas.addMarker(id, marker);
      this.#marked.set(id, marker);
    }
  }

  /** Whether an element is drawn. */
  has(id: string): boolean {
    return this.#elements.get(id) !== undefined;
  }

  /** Lays an empty element beside one that is drawn, for the page to fill; null where it is not. */
  lay(id: string, place: Place): HTMLElement | null {
    const element = this.#elements.get(id);
    if (!element) return null;
    const html = document.createElement('div');
    // A flow has no corner; what is said of it stands at its beginning.
    const position = 'waypoints' in element ? { top: -11, left: -11 } : PLACES[place];
    this.#viewer.get('overlays').add(id, `docket-${place}`, {
      position,
      html,
      scale: { min: 0.7, max: 1.2 },
      ...(place === 'below' && { show: { minZoom: 0.45 } }),
    });
    return html;
  }

  /** Takes away everything that was laid at a place. */
  clear(place: Place): void {
    this.#viewer.get('overlays').remove({ type: `docket-${place}` });
  }

  /** Brings an element into view and makes it stand out; says whether it is drawn. */
  show(id: string): boolean {
    this.#canvas.getContainer().querySelector('.shown-element')?.classList.remove('shown-element');
    if (!this.has(id)) return false;
    // The process itself is all that is drawn.
    if (this.#elements.get(id) === this.#canvas.getRootElement()) {
      this.fit();
      return true;
    }
    this.#place(true);
    this.#canvas.scrollToElement(id);
    this.#elements.getGraphics(id).classList.add('shown-element');
    return true;
  }

  /** Tells of every element that is pressed. */
  onPressed(listener: (id: string) => void): void {
    this.#viewer.on('element.click', ({ element }: { element: { id: string } }) => listener(element.id));
  }

  /** Comes closer by so many steps, or goes back. */
  zoom(steps: number, at?: { x: number; y: number }): void {
    this.#place(true);
    const next = this.#canvas.zoom() * ZOOM_STEP ** steps;
    this.#canvas.zoom(Math.min(LARGEST, Math.max(SMALLEST, next)), at);
  }

  /** Shows all of it. */
  fit(): void {
    this.#place(false);
    this.#fitNow();
  }

  /** Moves what is seen by so many steps to the right and down. */
  move(right: number, down: number): void {
    this.#place(true);
    this.#canvas.scroll({ dx: -right * MOVE_STEP, dy: -down * MOVE_STEP });
  }

  /** Takes everything away. */
  remove(): void {
    this.#container.removeEventListener('wheel', this.#onWheel);
    this.#container.removeEventListener('pointerdown', this.#onTouch);
    this.#resized.disconnect();
    this.#viewer.destroy();
  }

  /** While the reader has placed it, a finger moves the drawing, and else the page: see the style of `data-placed`. */
  #place(isPlaced: boolean): void {
    this.#isPlaced = isPlaced;
    this.#container.toggleAttribute('data-placed', isPlaced);
  }

  #fitNow(): void {
    const { outer } = this.#canvas.viewbox();
    // While the page is not laid out there is nothing to fit it into.
    if (outer.width === 0 || outer.height === 0) return;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-argument -- the library's types know only a point, its documentation `auto`
    const scale = this.#canvas.zoom('fit-viewport', 'auto' as any);
    // A little air, for what lies beside the elements at the edge.
    if (scale < 1) this.#canvas.zoom(scale * 0.94);
  }

  readonly #onWheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { left, top } = this.#canvas.getContainer().getBoundingClientRect();
    this.zoom(event.deltaY < 0 ? 0.5 : -0.5, { x: event.clientX - left, y: event.clientY - top });
  };

  readonly #onTouch = ({ pointerType, pointerId, clientX, clientY }: PointerEvent): void => {
    if (pointerType !== 'touch' || !this.#isPlaced) return;
    let [x, y] = [clientX, clientY];
    const ended = new AbortController();
    const { signal } = ended;
    const move = (event: PointerEvent) => {
      if (event.pointerId !== pointerId) return;
      this.#canvas.scroll({ dx: event.clientX - x, dy: event.clientY - y });
      [x, y] = [event.clientX, event.clientY];
    };
    window.addEventListener('pointermove', move, { signal });
    for (const end of ['pointerup', 'pointercancel'])
      window.addEventListener(end, () => ended.abort(), { signal });
  };
}
