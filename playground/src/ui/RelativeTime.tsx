import { moment } from '../language/format';
import { relativeTime } from './time';
import { useNow } from './useNow';

interface RelativeTimeProps {
  at: string;
  /** Said while it is but seconds away; "just now", where it is not given: good for what has happened. */
  near?: string;
}

/** A moment relative to now, with the exact time on hover and for machines. */
export function RelativeTime({ at, near }: RelativeTimeProps) {
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at} title={moment(date)}>
      {relativeTime(date, now, near)}
    </time>
  );
}
