import { Trans } from '@lingui/react/macro';
import { Collapse, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { type Fault, messageAt } from '../api/fault';
import { type Given, isOfProof } from './demands';
import { SecondFactor } from './SecondFactor';
import { Signature } from './Signature';

interface ProofProps {
  given: Given;
  /** What the decisions were refused for. */
  fault: Fault | null;
  /** It is known beforehand that something of it is needed. */
  wanted?: boolean;
  onChange: (given: Given) => void;
}

/** A signature and a second factor, which some of many decisions may need: out of sight until one is asked for. */
export function Proof({ given, fault, wanted = false, onChange }: ProofProps) {
  const id = useId();
  const [open, setOpen] = useState(wanted);
  const [seen, setSeen] = useState(fault);
  // What was refused for one of these shows where.
  if (fault !== seen) {
    setSeen(fault);
    if (isOfProof(fault)) setOpen(true);
  }
  return (
    <div>
      <UnstyledButton fz="sm" fw={550} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        <Trans>More</Trans>{' '}
        <IconChevronDown
          size={14}
          style={{ rotate: open ? '180deg' : '0deg', verticalAlign: 'middle' }}
          aria-hidden
        />
      </UnstyledButton>
      <Collapse expanded={open} id={id}>
        {open && (
          <Stack gap="md" pt="xs">
            <Text size="sm" c="dimmed">
              <Trans>
                Some steps ask for a signature or a second factor. What you give here goes with every
                decision.
              </Trans>
            </Text>
            <Signature
              value={given.signature}
              error={messageAt(fault, 'signature')}
              onChange={(signature) => onChange({ ...given, signature })}
              required={false}
            />
            <SecondFactor
              value={given.ticket}
              error={messageAt(fault, 'twoFactorTicket')}
              onChange={(ticket) => onChange({ ...given, ticket })}
              required={false}
            />
          </Stack>
        )}
      </Collapse>
    </div>
  );
}
