import { relativeTime } from './time';
import { useNow } from './useNow';

/** A moment relative to now, with the exact time on hover and for machines. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  const date = new Date(at);
  const exact = date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  return (
    <time dateTime={at} title={exact}>
      {relativeTime(date, now)}
    </time>
  );
}
