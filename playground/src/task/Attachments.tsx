import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Button, FileButton, Group, Pill } from '@mantine/core';
import { IconPaperclip } from '@tabler/icons-react';
import { useState } from 'react';
import { uploadFile } from '../api/fileUpload';
import { useSession } from '../session/session';
import { notifyFault } from '../ui/notify';

/** An uploaded file. */
export interface Attachment {
  id: string;
  name: string;
}

interface AttachmentsProps {
  value: readonly Attachment[];
  onChange: (files: Attachment[]) => void;
}

/** Uploads files to go with what one says. */
export function Attachments({ value, onChange }: AttachmentsProps) {
  const { token } = useSession();
  const [uploading, setUploading] = useState(false);

  async function take(files: readonly File[]) {
    setUploading(true);
    const added: Attachment[] = [];
    for (const file of files) {
      const outcome = await uploadFile(token, file, file.name);
      if ('fault' in outcome) notifyFault(outcome.fault);
      else added.push({ id: outcome.file.id, name: file.name });
    }
    setUploading(false);
    onChange([...value, ...added]);
  }

  return (
    <Group gap="xs">
      <FileButton
        multiple
        onChange={(files) => void take(files)}
        inputProps={{ 'aria-label': t`Files to attach` }}
      >
        {(props) => (
          <Button
            {...props}
            size="xs"
            variant="default"
            loading={uploading}
            leftSection={<IconPaperclip size={14} />}
          >
            <Trans>Attach</Trans>
          </Button>
        )}
      </FileButton>
      {value.map(({ id, name }) => (
        <Pill
          key={id}
          withRemoveButton
          onRemove={() => onChange(value.filter((one) => one.id !== id))}
          removeButtonProps={{ 'aria-label': t`Remove ${name}`, tabIndex: 0 }}
        >
          {name}
        </Pill>
      ))}
    </Group>
  );
}

/** A file that somebody attached; its address is good for a while, for whoever sees what came with it. */
export function FileLink({ name, url }: { name: string; url: string }) {
  return (
    <Anchor href={url} download={name} size="sm" underline="always" mr="sm">
      {name}
    </Anchor>
  );
}
