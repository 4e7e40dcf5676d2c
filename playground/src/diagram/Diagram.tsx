import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { ActionIcon, Alert, Button, Group, Skeleton, Text } from '@mantine/core';
import { IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { createPortal } from 'react-dom';
import { Drawing, type DrawingState } from './drawing';
import { MarkIcon } from './MarkIcon';
import { markLabel, type Marks, marksAmong } from './marks';

interface DiagramProps {
  xml: string;
  /** The process to be drawn, where the document has diagrams of several. */
  process?: string;
  /** What it is a drawing of. */
  label: string;
  marks?: Marks;
  /** How many there are of what is marked, where it is not one. */
  counts?: ReadonlyMap<string, number>;
  /** The flows that were taken. */
  taken?: ReadonlySet<string>;
  /** What stands below elements. */
  notes?: ReadonlyMap<string, ReactNode>;
  /** The element to bring into view; a new object brings it there again. */
  shown?: { id: string } | null;
  onPressed?: (id: string) => void;
}

const NO_MARKS: Marks = new Map();
const NO_FLOWS: ReadonlySet<string> = new Set();
const NO_NOTES: ReadonlyMap<string, ReactNode> = new Map();

/** A process as it was drawn, with what is known of its elements. */
export function Diagram(props: DiagramProps) {
  const {
    xml,
    process = null,
    label,
    marks = NO_MARKS,
    counts,
    taken = NO_FLOWS,
    notes = NO_NOTES,
    shown,
    onPressed,
  } = props;
  const [drawing] = useState(() => new Drawing());
  const [attempt, setAttempt] = useState(0);
  const container = useRef<HTMLDivElement>(null);
  const { state, corners, notes: places } = useSyncExternalStore(drawing.subscribe, drawing.snapshot);
  const help = t`Arrow keys move the diagram, plus and minus zoom, 0 shows all of it.`;
  const legend = useId();

  useEffect(
    () => (container.current ? drawing.attach(container.current, xml, process) : undefined),
    [drawing, xml, process, attempt],
  );
  useEffect(() => drawing.see({ marks, taken, noted: [...notes.keys()] }), [drawing, marks, taken, notes]);
  useEffect(() => drawing.name(label, help), [drawing, label, help]);
  useEffect(() => drawing.hear((id) => onPressed?.(id)), [drawing, onPressed]);
  useEffect(() => {
    if (shown && state === 'drawn') drawing.show(shown.id);
  }, [drawing, shown, state]);

  return (
    <figure className="diagram" data-state={state} data-testid="diagram" aria-label={label}>
      <NotDrawn state={state} onRetry={() => setAttempt(attempt + 1)} />
      <div
        className="diagram-canvas"
        ref={container}
        hidden={state !== 'drawn' && state !== 'loading'}
        onKeyDown={(event) => moveByKey(event, drawing)}
      />
      {state === 'drawn' && (
        <ActionIcon.Group orientation="vertical" className="diagram-buttons">
          <ActionIcon variant="default" aria-label={t`Zoom in`} onClick={() => drawing.zoom(1)}>
            <IconPlus size={16} />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={t`Zoom out`} onClick={() => drawing.zoom(-1)}>
            <IconMinus size={16} />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={t`Show all`} onClick={() => drawing.fit()}>
            <IconMaximize size={16} />
          </ActionIcon>
        </ActionIcon.Group>
      )}
      {state === 'drawn' && marks.size > 0 && (
        <figcaption id={legend}>
          <Group gap="xs" className="diagram-legend" component="ul">
            {marksAmong(marks).map((mark) => (
              <Group key={mark} gap={6} component="li">
                <MarkIcon mark={mark} />
                <Text size="xs">{markLabel(mark)}</Text>
              </Group>
            ))}
            {taken.size > 0 && (
              <Group gap={6} component="li">
                <span className="taken-line" />
                <Text size="xs">
                  <Trans>The way it took</Trans>
                </Text>
              </Group>
            )}
          </Group>
        </figcaption>
      )}
      {[...corners].map(([id, host]) => {
        const mark = marks.get(id);
        return mark && createPortal(<MarkIcon mark={mark} count={counts?.get(id)} />, host, id);
      })}
      {[...places].map(([id, host]) => createPortal(notes.get(id), host, `note ${id}`))}
    </figure>
  );
}

const MOVES: Readonly<Record<string, (drawing: Drawing) => void>> = {
  ArrowLeft: (drawing) => drawing.move(-1, 0),
  ArrowRight: (drawing) => drawing.move(1, 0),
  ArrowUp: (drawing) => drawing.move(0, -1),
  ArrowDown: (drawing) => drawing.move(0, 1),
  '+': (drawing) => drawing.zoom(1),
  '=': (drawing) => drawing.zoom(1),
  '-': (drawing) => drawing.zoom(-1),
  '0': (drawing) => drawing.fit(),
};

function moveByKey(event: KeyboardEvent, drawing: Drawing): void {
  const move = MOVES[event.key];
  // With these keys the browser and the reader's aids have plans of their own.
  if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  move(drawing);
}

/** Says why there is no drawing, while there is none. */
function NotDrawn({ state, onRetry }: { state: DrawingState; onRetry: () => void }) {
  switch (state) {
    case 'drawn':
      return null;
    case 'loading':
      return <Skeleton className="diagram-waits" aria-hidden />;
    case 'bare':
      return (
        <Alert color="gray" title={t`There is no drawing of it`}>
          <Trans>
            The document says what is done, and not where it is drawn. Save it with a drawing tool such as
            bpmn.io's to see it here.
          </Trans>
        </Alert>
      );
    case 'unreadable':
      return (
        <Alert color="red" title={t`It cannot be drawn`} role="alert">
          <Trans>The file is not BPMN 2.0, or it is damaged.</Trans>
        </Alert>
      );
    case 'unloaded':
      return (
        <Alert color="orange" title={t`The drawing could not be loaded`} role="alert">
          <Group justify="space-between">
            <Text size="sm">
              <Trans>Is the server running?</Trans>
            </Text>
            <Button size="xs" variant="light" color="gray" onClick={onRetry}>
              <Trans>Try again</Trans>
            </Button>
          </Group>
        </Alert>
      );
  }
}
