import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Collapse, Group, Modal, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconAdjustments, IconArrowRight } from '@tabler/icons-react';
import { type ComponentProps, useEffect, useState, useSyncExternalStore } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { uploadPicture } from '../api/fileUpload';
import { newRequestKey } from '../api/requestKey';
import { barTo } from '../features/featureAccess';
import { type Feature, useFeatures } from '../features/useFeatures';
import type { CreateBatchInput } from '../gql/graphql';
import { count as amount } from '../language/format';
import { inputDataOf, parameterGroups, type ParameterValue } from '../parameters/parameterFields';
import { ParameterForm } from '../parameters/ParameterForm';
import { useSession } from '../session/session';
import { useViewer } from '../session/viewer';
import { FaultAlert } from '../ui/FaultAlert';
import { ChosenPictures } from './ChosenPictures';
import { attemptOf, type CreateAttempt } from './createAttempt';
import { CreateBatchDocument } from './operations';
import { PictureBasket } from './pictureBasket';
import { PictureSources } from './PictureSources';

interface NewBatchModalProps {
  opened: boolean;
  onClose: () => void;
}

/** The dialog that creates a batch. */
export function NewBatchModal({ opened, onClose }: NewBatchModalProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={t`New batch`} size="xl" keepMounted={false}>
      <NewBatchForm onCancel={onClose} />
    </Modal>
  );
}

function NewBatchForm({ onCancel }: { onCancel: () => void }) {
  const { token } = useSession();
  const { viewer, refresh } = useViewer();
  const navigate = useNavigate();
  const { features, fault: listFault, reload } = useFeatures();
  const [created, createBatch] = useMutation(CreateBatchDocument);
  const [basket] = useState(() => new PictureBasket((file, name) => uploadPicture(token, file, name)));
  const pictures = useSyncExternalStore(basket.subscribe, basket.snapshot);
  useEffect(() => basket.clear, [basket]);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [values, setValues] = useState<Readonly<Record<string, ParameterValue | undefined>>>({});
  const [attempt, setAttempt] = useState<CreateAttempt | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);

  const feature = features?.find(({ id }) => id === chosenId) ?? features?.find((one) => one.viewerCanUse);
  const groups = parameterGroups(feature?.parameterSchema);
  const urls = pictures.flatMap(({ url }) => url ?? []);
  const uploading = pictures.filter(({ state }) => state === 'waiting' || state === 'uploading').length;

  async function submit() {
    if (!feature) return;
    const input: CreateBatchInput = {
      featureId: feature.id,
      inputImages: urls,
      inputData: inputDataOf(groups, values),
    };
    const next = attemptOf(attempt, input, newRequestKey);
    setAttempt(next);
    setFault(null);
    const result = await createBatch({ input: { ...input, idempotencyKey: next.key } });
    const batch = result.data?.createBatch?.batch;
    if (batch) {
      refresh();
      await navigate(`/batches/${encodeURIComponent(batch.id)}`);
    } else if (result.error) {
      setFault(faultOfResult(result.error));
    }
  }

  if (!features) return listFault ? <FaultAlert fault={listFault} onRetry={reload} /> : <Skeleton h={320} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack>
        <FeatureSelect
          features={features}
          feature={feature}
          onChoose={(id) => {
            setChosenId(id);
            setValues({});
          }}
        />
        <PictureSources basket={basket} />
        <ChosenPictures basket={basket} pictures={pictures} />
        {groups.length > 0 && <ParameterSection groups={groups} values={values} onChange={setValues} />}
        {fault && <FaultAlert fault={fault} />}
        <Group justify="space-between" className="form-footer">
          {feature && (
            <Cost
              count={pictures.length}
              feature={feature}
              balance={viewer?.quota.balance}
              leftOut={pictures.filter(({ state }) => state === 'failed').length}
            />
          )}
          <Group gap="xs" ml="auto">
            <Button variant="default" onClick={onCancel}>
              <Trans>Close</Trans>
            </Button>
            <Button
              type="submit"
              rightSection={<IconArrowRight size={16} />}
              loading={created.fetching}
              disabled={!feature || urls.length === 0 || uploading > 0}
            >
              {uploading > 0 ? t`Uploading ${uploading}…` : t`Create batch`}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

interface FeatureSelectProps {
  features: readonly Feature[];
  feature: Feature | undefined;
  onChoose: (id: string | null) => void;
}

function FeatureSelect({ features, feature, onChoose }: FeatureSelectProps) {
  const { may } = useViewer();
  return (
    <Select
      label={t`Feature`}
      description={feature?.description ?? t`What is done with every picture.`}
      data={features.map((one) => ({
        value: one.id,
        label: one.viewerCanUse ? one.name : `${one.name} (${barTo(one, may)})`,
        disabled: !one.viewerCanUse,
      }))}
      value={feature?.id ?? null}
      onChange={onChoose}
      allowDeselect={false}
      nothingFoundMessage={t`No feature can be used`}
    />
  );
}

function ParameterSection(props: ComponentProps<typeof ParameterForm>) {
  const [open, setOpen] = useState(false);
  const changed = Object.values(props.values).filter((value) => value !== undefined).length;
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconAdjustments size={16} />}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {changed > 0 ? t`Parameters (${changed} changed)` : t`Parameters`}
      </Button>
      <Collapse expanded={open}>
        <div style={{ paddingTop: 8 }}>
          <ParameterForm {...props} />
        </div>
      </Collapse>
    </div>
  );
}

interface CostProps {
  count: number;
  feature: Feature;
  balance: number | undefined;
  leftOut: number;
}

/** What the batch will cost, and what speaks against creating it. */
function Cost({ count, feature, balance, leftOut }: CostProps) {
  const used = count - leftOut;
  const cost = used * feature.quotaCost;
  const problem =
    used > feature.maxItems
      ? plural(feature.maxItems, { one: 'At most # picture a batch.', other: 'At most # pictures a batch.' })
      : balance !== undefined && cost > balance
        ? t`You have ${amount(balance)}: ${amount(cost - balance)} more needed.`
        : leftOut > 0
          ? plural(leftOut, {
              one: '# could not be uploaded and is left out.',
              other: '# could not be uploaded and are left out.',
            })
          : null;
  return (
    <div data-testid="cost">
      <Text size="sm" className="numeric">
        {amount(used)} × {amount(feature.quotaCost)} ={' '}
        <b>
          <Trans>{amount(cost)} quota</Trans>
        </b>
        {balance !== undefined && problem === null && (
          <Text span c="dimmed" size="sm">
            {' '}
            <Trans>of {amount(balance)}</Trans>
          </Text>
        )}
      </Text>
      {problem !== null && (
        <Text size="xs" c="red" role="status">
          {problem}
        </Text>
      )}
    </div>
  );
}
