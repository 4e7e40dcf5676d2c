import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, CloseButton, Group, Loader, Stack, Text, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconPhoto, IconWorld } from '@tabler/icons-react';
import { faultText } from '../api/faultText';
import { count } from '../language/format';
import type { ChosenPicture, PictureBasket } from './pictureBasket';

function Look({ picture }: { picture: ChosenPicture }) {
  if (picture.state === 'failed') return <IconAlertTriangle color="var(--mantine-color-red-6)" />;
  if (picture.preview !== null) {
    return <img src={picture.preview} alt="" data-waiting={picture.state === 'ready' ? undefined : true} />;
  }
  return picture.url?.startsWith('http') ? <IconWorld /> : <IconPhoto />;
}

function hint(picture: ChosenPicture): string {
  if (picture.fault) return `${picture.name}: ${faultText(picture.fault, new Date()).detail}`;
  return picture.url?.startsWith('http') ? picture.url : picture.name;
}

/** The pictures chosen so far, each with its upload and a way to take it out. */
export function ChosenPictures({
  basket,
  pictures,
}: {
  basket: PictureBasket;
  pictures: readonly ChosenPicture[];
}) {
  if (pictures.length === 0) return null;
  const failed = pictures.filter(({ state }) => state === 'failed').length;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fw={550} size="sm">
          <Trans>{count(pictures.length)} chosen</Trans>
        </Text>
        <Group gap="xs">
          {failed > 0 && (
            <Button size="compact-xs" variant="light" color="red" onClick={basket.retryFailed}>
              <Trans>Upload {count(failed)} again</Trans>
            </Button>
          )}
          <Button size="compact-xs" variant="subtle" color="gray" onClick={basket.clear}>
            <Trans>Remove all</Trans>
          </Button>
        </Group>
      </Group>
      <div className="chosen" role="list" aria-label={t`Chosen pictures`}>
        {pictures.map((picture) => (
          <Tooltip key={picture.key} label={hint(picture)} multiline maw={320}>
            <div
              className="chosen-picture"
              role="listitem"
              aria-label={hint(picture)}
              data-failed={picture.state === 'failed' || undefined}
              data-state={picture.state}
            >
              <div className="picture">
                <Look picture={picture} />
                {picture.state === 'uploading' && <Loader size="sm" pos="absolute" />}
              </div>
              <CloseButton
                className="remove"
                size="xs"
                variant="default"
                aria-label={t`Remove ${picture.name}`}
                onClick={() => basket.remove(picture.key)}
              />
            </div>
          </Tooltip>
        ))}
      </div>
    </Stack>
  );
}
