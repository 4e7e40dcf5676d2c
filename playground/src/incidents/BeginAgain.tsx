import { t } from '@lingui/core/macro';
import { useMutation } from 'urql';
import { AgainButton } from './AgainButton';
import { ResolveStartIncidentDocument } from './operations';

interface BeginAgainProps {
  incidentId: string;
  /** What the start event is called. */
  name: string;
  /** Reads again what shows the incident, which then is without it. */
  onChanged: () => void;
}

/** Has what could not begin tried again, once it was confirmed. */
export function BeginAgain({ incidentId, name, onChanged }: BeginAgainProps) {
  const [, resolve] = useMutation(ResolveStartIncidentDocument);
  return (
    <AgainButton
      name={name}
      whatHappens={t`An instance is to begin once more, in the version that is the newest now.`}
      again={() => resolve({ input: { incidentId } })}
      onChanged={onChanged}
    />
  );
}
