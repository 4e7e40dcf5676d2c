import { t } from '@lingui/core/macro';
import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

const SEARCH_AFTER_MS = 250;

interface TextFilterProps {
  label: string;
  text: string | null;
  onChange: (text: string | null) => void;
  maw?: number;
}

/** A text that narrows a list, taken over a moment after it was typed. */
export function TextFilter({ label, text: given, onChange, maw = 200 }: TextFilterProps) {
  const [text, setText] = useState(given ?? '');
  const [seen, setSeen] = useState(given);
  const [told, setTold] = useState(given);
  const put = (next: string | null) => {
    setTold(next);
    onChange(next);
  };
  const tell = useDebouncedCallback(
    (next: string) => put(next.trim() === '' ? null : next.trim()),
    SEARCH_AFTER_MS,
  );
  // What was chosen elsewhere on the page is taken over; what was typed here meanwhile stays.
  if (given !== seen) {
    setSeen(given);
    if (given !== told) {
      setTold(given);
      setText(given ?? '');
    }
  }
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      rightSection={
        text !== '' && (
          <CloseButton
            size="sm"
            aria-label={t`Clear: ${label}`}
            onClick={() => {
              setText('');
              put(null);
            }}
          />
        )
      }
      flex="1 1 140px"
      maw={maw}
    />
  );
}
