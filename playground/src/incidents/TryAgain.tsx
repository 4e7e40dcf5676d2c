import { plural, t } from '@lingui/core/macro';
import { useMutation } from 'urql';
import type { JobRowFragment } from '../gql/graphql';
import { AgainButton } from './AgainButton';
import { ResolveIncidentDocument } from './operations';

interface TryAgainProps {
  incidentId: string;
  /** What the node is called. */
  name: string;
  /** The job that it is about, where it is about one. */
  job: JobRowFragment | null;
  /** Reads again what shows the incident, which then is without it. */
  onChanged: () => void;
}

/** What is done again. */
function whatHappens(job: JobRowFragment | null): string {
  if (job === null) return t`What could not be done is done once more, as the process stands now.`;
  if (job.kind === 'HTTP') {
    return plural(job.maxAttempts, {
      one: 'The call is made once more.',
      other: 'The call is made again, up to # times.',
    });
  }
  return plural(job.maxAttempts, {
    one: `Workers get the job “${job.topic}” once more.`,
    other: `Workers get the job “${job.topic}” again, which then may fail # times.`,
  });
}

/** Has what could not be done done again, once it was confirmed. */
export function TryAgain({ incidentId, name, job, onChanged }: TryAgainProps) {
  const [, resolve] = useMutation(ResolveIncidentDocument);
  return (
    <AgainButton
      name={name}
      whatHappens={whatHappens(job)}
      again={() => resolve({ input: { incidentId } })}
      onChanged={onChanged}
    />
  );
}
