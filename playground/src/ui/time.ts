import { t } from '@lingui/core/macro';
import { tag } from '../language/format';

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 minutes ago"; within a few seconds of now, before it or behind it, what `near` says. */
export function relativeTime(at: Date, now: Date, near = t`just now`): string {
  const format = new Intl.RelativeTimeFormat(tag(), { numeric: 'auto' });
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  if (Math.abs(seconds) < 10) return near;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(seconds, 'second');
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** "850 ms", "12.3 sec", "4 min 5 sec". */
export function duration(milliseconds: number): string {
  if (milliseconds < SECOND_MS) return unit(Math.round(milliseconds), 'millisecond');
  if (milliseconds < MINUTE_MS) return unit(milliseconds / SECOND_MS, 'second', 1);
  const seconds = Math.round(milliseconds / SECOND_MS);
  if (seconds < HOUR_MS / SECOND_MS)
    return `${unit(Math.floor(seconds / 60), 'minute')} ${unit(seconds % 60, 'second')}`;
  const minutes = Math.floor(seconds / 60);
  return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`;
}

/** "60 sec". */
export function inSeconds(seconds: number): string {
  return unit(seconds, 'second');
}

function unit(value: number, name: string, digits = 0): string {
  return value.toLocaleString(tag(), {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** "12 B", "340 KB", "2.1 MB", in powers of 1000. */
export function byteSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
