import { t } from '@lingui/core/macro';
import { TextInput } from '@mantine/core';

interface SecondFactorProps {
  value: string;
  onChange: (ticket: string) => void;
  error?: string | undefined;
  required?: boolean;
}

/** Asks for the ticket of a second factor. */
export function SecondFactor({ value, onChange, error, required = true }: SecondFactorProps) {
  return (
    <TextInput
      label={t`Second factor`}
      description={t`The ticket that confirms that it is you.`}
      required={required}
      autoComplete="one-time-code"
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
