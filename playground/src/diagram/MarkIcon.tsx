import {
  IconArrowsMove,
  IconAsterisk,
  IconBan,
  IconCheck,
  IconExclamationMark,
  IconMinus,
  IconPencil,
  IconPlayerSkipForward,
  IconPlus,
  IconUser,
  IconX,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Mark } from './marks';

const ICONS: Readonly<Record<Mark, ComponentType<{ size: number; stroke: number; 'aria-hidden': true }>>> = {
  done: IconCheck,
  current: IconUser,
  rejected: IconX,
  failed: IconExclamationMark,
  skipped: IconPlayerSkipForward,
  stopped: IconBan,
  faulty: IconExclamationMark,
  noted: IconAsterisk,
  added: IconPlus,
  removed: IconMinus,
  changed: IconPencil,
  moved: IconArrowsMove,
};

/** A mark's sign, which tells it without its colour. */
export function MarkIcon({ mark, count }: { mark: Mark; count?: number | undefined }) {
  const Icon = ICONS[mark];
  return (
    <span className="mark-icon" data-mark={mark}>
      {count !== undefined && count > 1 ? count : <Icon size={13} stroke={3} aria-hidden />}
    </span>
  );
}
