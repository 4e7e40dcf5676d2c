import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { type Fault, faultOfResult, type PartFault } from '../api/fault';
import type { CheckProcessMutation } from '../gql/graphql';
import { type DocumentFile, processIn } from './documentFile';
import { CheckProcessDocument } from './operations';

/** What the server says of a file before it is deployed. */
export interface Check {
  faults: readonly PartFault[];
  /** What is kept of it and not executed, which hinders nothing. */
  notes: readonly PartFault[];
  /** The document with a drawing; null where there is none to show. */
  xml: string | null;
  /** Why it could not be checked. */
  fault: Fault | null;
}

type Checked = NonNullable<CheckProcessMutation['checkProcess']>;

function partFault({ message, element, line, path }: Checked['faults'][number]): PartFault {
  return {
    message,
    ...(element !== null && { element }),
    ...(line !== null && { line }),
    ...(path !== null && { path }),
  };
}

/** Has a file checked; null while that is under way, or where there is none. */
export function useCheck(file: DocumentFile | null): Check | null {
  const client = useClient();
  const [checked, setChecked] = useState<{ of: DocumentFile; check: Check } | null>(null);
  useEffect(() => {
    if (file === null) return;
    let isWanted = true;
    void client
      .mutation(CheckProcessDocument, { input: processIn(file) })
      .toPromise()
      .then(({ data, error }) => {
        if (!isWanted) return;
        const answer = data?.checkProcess;
        setChecked({
          of: file,
          check: {
            faults: (answer?.faults ?? []).map(partFault),
            notes: (answer?.notes ?? []).map(partFault),
            xml: answer?.bpmnXml ?? null,
            fault: error ? faultOfResult(error) : null,
          },
        });
      });
    return () => {
      isWanted = false;
    };
  }, [client, file]);
  return checked !== null && checked.of === file ? checked.check : null;
}
