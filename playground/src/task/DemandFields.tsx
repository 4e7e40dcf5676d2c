import { t } from '@lingui/core/macro';
import { Stack } from '@mantine/core';
import type { DemandFaults, Demands, Given } from './demands';
import { PeoplePicker } from './PeoplePicker';
import { SecondFactor } from './SecondFactor';
import { Signature } from './Signature';

interface DemandFieldsProps {
  demands: Demands;
  given: Given;
  faults: DemandFaults;
  onChange: (given: Given) => void;
}

/** Asks for what a decision has to come with, beside the comment. */
export function DemandFields({ demands, given, faults, onChange }: DemandFieldsProps) {
  if (!demands.signature && !demands.secondFactor && demands.approvers.length === 0) return null;
  return (
    <Stack gap="md" data-testid="demands">
      <ApproverChoice
        nodes={demands.approvers}
        value={given.approvers}
        onChange={(approvers) => onChange({ ...given, approvers })}
      />
      {demands.signature && (
        <Signature
          value={given.signature}
          error={faults.signature}
          onChange={(signature) => onChange({ ...given, signature })}
        />
      )}
      {demands.secondFactor && (
        <SecondFactor
          value={given.ticket}
          error={faults.twoFactorTicket}
          onChange={(ticket) => onChange({ ...given, ticket })}
        />
      )}
    </Stack>
  );
}

interface ApproverChoiceProps {
  /** The nodes whose approvers are to be chosen. */
  nodes: readonly { id: string; name: string }[];
  value: Given['approvers'];
  onChange: (approvers: Given['approvers']) => void;
}

/** Chooses the approvers of nodes that leave that to whoever comes before. */
export function ApproverChoice({ nodes, value, onChange }: ApproverChoiceProps) {
  return nodes.map(({ id, name }) => (
    <PeoplePicker
      key={id}
      label={t`Who decides “${name}”`}
      placeholder={t`Search by name`}
      value={value[id] ?? []}
      onChange={(users) => onChange({ ...value, [id]: users })}
    />
  ));
}
