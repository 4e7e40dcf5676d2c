import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Stack, Tabs, Text, Textarea, Tooltip } from '@mantine/core';
import { IconCloudUpload, IconLink, IconPhoto, IconPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { networkFault } from '../api/fault';
import { count, list } from '../language/format';
import { FaultAlert } from '../ui/FaultAlert';
import type { PictureBasket, UploadSource } from './pictureBasket';
import { parseUrls } from './pictureUrls';
import { loadSamples, type Sample, sampleSource, sampleUrl } from './samples';

/** The three ways to name pictures: from this computer, from the web, from the samples. */
export function PictureSources({ basket }: { basket: PictureBasket }) {
  return (
    <Tabs defaultValue="samples" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="samples" leftSection={<IconPhoto size={16} />}>
          <Trans>Samples</Trans>
        </Tabs.Tab>
        <Tabs.Tab value="upload" leftSection={<IconCloudUpload size={16} />}>
          <Trans>Upload</Trans>
        </Tabs.Tab>
        <Tabs.Tab value="urls" leftSection={<IconLink size={16} />}>
          <Trans>URLs</Trans>
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="samples" pt="sm">
        <Samples basket={basket} />
      </Tabs.Panel>
      <Tabs.Panel value="upload" pt="sm">
        <DropZone basket={basket} />
      </Tabs.Panel>
      <Tabs.Panel value="urls" pt="sm">
        <PastedUrls basket={basket} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** A person's own picture; its preview is held in memory until it is released. */
function fileSource(file: File): UploadSource {
  const source = { name: file.name, preview: null, read: () => Promise.resolve(file) };
  if (!file.type.startsWith('image/')) return source;
  const preview = URL.createObjectURL(file);
  return { ...source, preview, release: () => URL.revokeObjectURL(preview) };
}

function DropZone({ basket }: { basket: PictureBasket }) {
  const { getRootProps, getInputProps, isDragActive } = useDropzone({
    onDrop: (files) => basket.addUploads(files.map(fileSource)),
  });
  return (
    <div
      {...getRootProps({ className: 'drop-zone', 'aria-label': t`Add pictures from this computer` })}
      data-over={isDragActive || undefined}
    >
      <input
        {...getInputProps({ accept: 'image/jpeg,image/png,image/webp,image/gif' })}
        data-testid="file-input"
      />
      <Stack gap={4} align="center">
        <IconCloudUpload size={36} stroke={1.5} />
        <Text fw={550}>{isDragActive ? t`Drop them here` : t`Drop pictures here, or click to choose`}</Text>
        <Text size="sm" c="dimmed">
          <Trans>JPEG, PNG, WebP or GIF. They are uploaded at once and belong to you.</Trans>
        </Text>
      </Stack>
    </div>
  );
}

function PastedUrls({ basket }: { basket: PictureBasket }) {
  const [text, setText] = useState('');
  const { urls, rejected } = parseUrls(text);
  return (
    <Stack gap="xs">
      <Textarea
        label={t`Addresses of pictures`}
        description={t`One on each line. The server fetches them; addresses inside a private network are refused.`}
        placeholder="https://example.org/picture.jpg"
        autosize
        minRows={3}
        maxRows={8}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={rejected.length > 0 ? t`Not an http(s) address: ${list(rejected.slice(0, 3))}` : undefined}
        inputWrapperOrder={['label', 'description', 'input', 'error']}
      />
      <Group justify="flex-end">
        <Button
          variant="light"
          leftSection={<IconPlus size={16} />}
          disabled={urls.length === 0}
          onClick={() => {
            basket.addUrls(urls);
            setText(rejected.join('\n'));
          }}
        >
          {urls.length > 1 ? t`Add ${count(urls.length)} URLs` : t`Add URL`}
        </Button>
      </Group>
    </Stack>
  );
}

function Samples({ basket }: { basket: PictureBasket }) {
  const [samples, setSamples] = useState<readonly Sample[] | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let current = true;
    loadSamples().then(
      (loaded) => current && setSamples(loaded),
      () => current && setFailed(true),
    );
    return () => {
      current = false;
    };
  }, []);
  if (failed) return <FaultAlert fault={networkFault()} />;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          <Trans>Photographs under CC0 or in the public domain. Click to add.</Trans>
        </Text>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          disabled={!samples}
          onClick={() => basket.addUploads((samples ?? []).map(sampleSource))}
        >
          <Trans>Add all {samples?.length}</Trans>
        </Button>
      </Group>
      <div className="sample-grid">
        {samples?.map((sample) => (
          <Tooltip
            key={sample.file}
            multiline
            maw={260}
            label={`${sample.title}. ${sample.author}. ${sample.license}; ${sample.source}.`}
          >
            <button
              type="button"
              className="sample"
              aria-label={t`Add ${sample.title}`}
              onClick={() => basket.addUploads([sampleSource(sample)])}
            >
              <img src={sampleUrl(sample)} alt="" loading="lazy" />
            </button>
          </Tooltip>
        ))}
      </div>
    </Stack>
  );
}
