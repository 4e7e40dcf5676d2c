import { Alert, Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconFileUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { sentence } from '../api/faultText';
import { FaultAlert } from '../ui/FaultAlert';
import { notifyDone } from '../ui/notify';
import { DeployProcessDocument } from './operations';

interface DeployProcessProps {
  opened: boolean;
  onClose: () => void;
  onDeployed: () => void;
}

/** The dialog that deploys a BPMN file. */
export function DeployProcess({ opened, onClose, onDeployed }: DeployProcessProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Deploy a process" size="lg" keepMounted={false}>
      <DeployForm
        onDeployed={() => {
          onDeployed();
          onClose();
        }}
      />
    </Modal>
  );
}

function DeployForm({ onDeployed }: { onDeployed: () => void }) {
  const [{ fetching }, deploy] = useMutation(DeployProcessDocument);
  const [name, setName] = useState<string | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);

  async function take(file: File | undefined) {
    if (!file) return;
    setFault(null);
    setName(file.name);
    const { data, error } = await deploy({ input: { bpmnXml: await file.text() } });
    if (error) setFault(faultOfResult(error));
    const definition = data?.deployProcess?.definition;
    if (!definition) return;
    notifyDone('Deployed', `${definition.name} is at version ${definition.version}.`);
    onDeployed();
  }

  const { getRootProps, getInputProps, open, isDragActive } = useDropzone({
    multiple: false,
    noClick: true,
    noKeyboard: true,
    onDrop: ([file]) => void take(file),
  });
  const faults = fault?.faults ?? [];
  return (
    <Stack>
      <div {...getRootProps({ className: 'drop-zone', ...(isDragActive && { 'data-over': true }) })}>
        <input
          {...getInputProps({ 'aria-label': 'BPMN file', accept: '.bpmn,.xml,application/xml,text/xml' })}
        />
        <Stack align="center" gap="xs">
          <IconFileUpload size={28} />
          <Text size="sm">Drop a BPMN 2.0 file here, as bpmn.io, Camunda Modeler or Flowable write it.</Text>
          <Button variant="light" onClick={open} loading={fetching} data-autofocus>
            Choose a file
          </Button>
        </Stack>
      </div>
      {fault && faults.length === 0 && <FaultAlert fault={fault} />}
      {fault && faults.length > 0 && (
        <Alert
          color="red"
          icon={<IconAlertTriangle />}
          title={`${name ?? 'The file'} cannot be deployed: ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}`}
          role="alert"
        >
          <Table.ScrollContainer minWidth={380} type="native">
            <Table aria-label="Faults" verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Line</Table.Th>
                  <Table.Th>Element</Table.Th>
                  <Table.Th>What is wrong</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {faults.map(({ line, element, message }, index) => (
                  <Table.Tr key={index}>
                    <Table.Td className="numeric">{line ?? '—'}</Table.Td>
                    <Table.Td>
                      <code>{element ?? '—'}</code>
                    </Table.Td>
                    <Table.Td>{sentence(message)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Alert>
      )}
      <Group justify="flex-end">
        <Text size="xs" c="dimmed">
          The same file again changes nothing; another one becomes the next version. Instances stay on theirs.
        </Text>
      </Group>
    </Stack>
  );
}
