import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Anchor, Breadcrumbs, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconFileUpload, IconUpload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { Link, useLocation, useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { type Fault, faultOfResult, type PartFault } from '../api/fault';
import { Diagram } from '../diagram/Diagram';
import { FaultAlert } from '../ui/FaultAlert';
import { notifyDone } from '../ui/notify';
import { usePageTitle } from '../ui/usePageTitle';
import { afterDeploying, deployedText } from './deployed';
import { ACCEPTED, chartIn, type DocumentFile, isDocument, processIn, readDocument } from './documentFile';
import { FaultList, NoteList, Refused } from './FaultList';
import { faultsIn, markFound } from './faultsInDocument';
import { DeployProcessDocument } from './operations';
import { useCheck } from './useCheck';

const NO_NOTES: readonly PartFault[] = [];

/** The file with which somebody came here, where they dropped it on another page. */
function broughtBy(state: unknown): DocumentFile | null {
  if (typeof state !== 'object' || state === null) return null;
  const { name, text } = state as Record<string, unknown>;
  return typeof name === 'string' && typeof text === 'string' ? { name, text } : null;
}

/** Deploys a process: its file is shown as it is drawn, and whatever is wrong with it where it is. */
export function DeployPage() {
  usePageTitle(t`Deploy a process`);
  const navigate = useNavigate();
  const { state } = useLocation() as { state: unknown };
  const [file, setFile] = useState<DocumentFile | null>(() => broughtBy(state));
  const [fault, setFault] = useState<Fault | null>(null);
  const [shown, setShown] = useState<{ id: string } | null>(null);
  const [{ fetching }, deploy] = useMutation(DeployProcessDocument);
  const check = useCheck(file);
  const isChart = useMemo(() => file !== null && chartIn(file) !== null, [file]);
  // What deploying was refused for is newer than what the file was checked for.
  const refused = fault ?? check?.fault ?? null;
  const faults = useMemo(() => {
    const told = faultsIn(fault);
    return told.length > 0 ? told : (check?.faults ?? []);
  }, [fault, check]);
  const notes = check?.notes ?? NO_NOTES;
  const { marks, counts } = useMemo(() => markFound(faults, notes), [faults, notes]);

  async function take(chosen: File | undefined) {
    if (!chosen) return;
    setFault(null);
    setShown(null);
    const read = await readDocument(chosen);
    if (isDocument(read)) setFile(read);
    else setFault(read);
  }

  async function submit(document: DocumentFile) {
    setFault(null);
    setShown(null);
    const { data, error } = await deploy({ input: processIn(document) });
    if (error) setFault(faultOfResult(error));
    const deployed = data?.deployProcess?.definitions;
    if (!deployed) return;
    notifyDone(t`Deployed`, deployedText(deployed));
    const { to, state } = afterDeploying(deployed);
    await navigate(to, { state });
  }

  const { getRootProps, getInputProps, open, isDragActive } = useDropzone({
    multiple: false,
    noClick: true,
    noKeyboard: true,
    disabled: fetching,
    onDrop: ([chosen]) => void take(chosen),
  });

  return (
    <Stack {...getRootProps({ className: 'drop-page', ...(isDragActive && { 'data-over': true }) })}>
      <input {...getInputProps({ 'aria-label': t`BPMN file or chart`, accept: ACCEPTED })} />
      <Breadcrumbs>
        <Anchor component={Link} to="/processes" size="sm">
          <Trans>Processes</Trans>
        </Anchor>
        <Text size="sm" c="dimmed">
          <Trans>Deploy a process</Trans>
        </Text>
      </Breadcrumbs>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {file ? file.name : <Trans>Deploy a process</Trans>}
        </Title>
        {file && (
          <Group gap="xs">
            <Button variant="default" onClick={open} disabled={fetching}>
              <Trans>Another file</Trans>
            </Button>
            <Button
              leftSection={<IconUpload size={16} />}
              onClick={() => void submit(file)}
              loading={fetching}
            >
              <Trans>Deploy</Trans>
            </Button>
          </Group>
        )}
      </Group>
      {!file && (
        <div className="drop-zone" data-over={isDragActive || undefined}>
          <Stack align="center" gap="xs" py="xl">
            <IconFileUpload size={32} />
            <Text>
              <Trans>
                Drop a BPMN 2.0 file here, as bpmn.io, Camunda Modeler or Flowable write it, or a chart: a
                tree of nodes in JSON.
              </Trans>
            </Text>
            <Button variant="light" onClick={open}>
              <Trans>Choose a file</Trans>
            </Button>
          </Stack>
        </div>
      )}
      {refused && faultsIn(refused).length === 0 && <FaultAlert fault={refused} />}
      {file && faults.length > 0 && <Refused file={file} faults={faults} />}
      {file && !check && <Skeleton h={300} radius="md" />}
      {file && check && isChart && check.xml === null && (
        <Alert color="gray" title={t`There is no drawing of it yet`}>
          <Trans>It is drawn when the faults of the chart are mended.</Trans>
        </Alert>
      )}
      {file && check && (!isChart || check.xml !== null) && (
        <Diagram
          xml={check.xml ?? file.text}
          label={t`Diagram: ${file.name}`}
          marks={marks}
          counts={counts}
          shown={shown}
          onPressed={(id) => setShown(marks.has(id) ? { id } : null)}
        />
      )}
      {file && faults.length > 0 && (
        <FaultList
          file={file}
          isChart={isChart}
          found={faults}
          shown={shown?.id ?? null}
          onShow={(id) => setShown({ id })}
        />
      )}
      {file && (
        <NoteList
          file={file}
          isChart={isChart}
          found={notes}
          shown={shown?.id ?? null}
          onShow={(id) => setShown({ id })}
        />
      )}
      <Text size="xs" c="dimmed">
        <Trans>
          The same file again changes nothing; another one becomes the next version. Instances stay on theirs.
        </Trans>
      </Text>
    </Stack>
  );
}
