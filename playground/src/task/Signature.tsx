import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, FileButton, Group, Input, Pill } from '@mantine/core';
import { IconSignature, IconUpload } from '@tabler/icons-react';
import { type PointerEvent, useRef, useState } from 'react';
import { uploadPicture } from '../api/fileUpload';
import { useSession } from '../session/session';
import { notifyFault } from '../ui/notify';
import type { Attachment } from './Attachments';

interface SignatureProps {
  value: Attachment | null;
  onChange: (signature: Attachment | null) => void;
  error?: string | undefined;
  required?: boolean;
}

/** Signs: by drawing, or with a picture. Either is uploaded. */
export function Signature({ value, onChange, error, required = true }: SignatureProps) {
  const { token } = useSession();
  const [uploading, setUploading] = useState(false);
  const [drawing, setDrawing] = useState(false);

  async function take(file: Blob, name: string) {
    setUploading(true);
    const outcome = await uploadPicture(token, file, name);
    setUploading(false);
    if ('fault' in outcome) notifyFault(outcome.fault);
    else onChange({ id: outcome.file.id, name });
  }

  return (
    <Input.Wrapper
      label={t`Signature`}
      required={required}
      error={error}
      labelElement="div"
      inputWrapperOrder={['label', 'error', 'input']}
      data-testid="signature"
    >
      {value ? (
        <div>
          <Pill
            withRemoveButton
            onRemove={() => onChange(null)}
            removeButtonProps={{ 'aria-label': t`Remove the signature`, tabIndex: 0 }}
          >
            {value.name}
          </Pill>
        </div>
      ) : (
        <>
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              leftSection={<IconSignature size={14} />}
              aria-expanded={drawing}
              onClick={() => setDrawing(!drawing)}
            >
              <Trans>Draw</Trans>
            </Button>
            <FileButton
              accept="image/*"
              onChange={(file) => {
                if (file) void take(file, file.name);
              }}
              inputProps={{ 'aria-label': t`Picture of your signature` }}
            >
              {(props) => (
                <Button
                  {...props}
                  size="xs"
                  variant="default"
                  loading={uploading}
                  leftSection={<IconUpload size={14} />}
                >
                  <Trans>Upload a picture</Trans>
                </Button>
              )}
            </FileButton>
          </Group>
          {drawing && (
            <Drawing
              onDone={(picture) => {
                setDrawing(false);
                void take(picture, 'signature.png');
              }}
            />
          )}
        </>
      )}
    </Input.Wrapper>
  );
}

const WIDTH = 480;
const HEIGHT = 140;

/** A sheet to draw on. It is white in either colour scheme, as what is kept of it is. */
function Drawing({ onDone }: { onDone: (picture: Blob) => void }) {
  const sheet = useRef<HTMLCanvasElement>(null);
  const [drawn, setDrawn] = useState(false);

  function clear() {
    const canvas = sheet.current;
    canvas?.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
    setDrawn(false);
  }

  function draw(event: PointerEvent<HTMLCanvasElement>) {
    const canvas = event.currentTarget;
    const pen = canvas.getContext('2d');
    if (!pen || event.buttons === 0) return;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * WIDTH;
    const y = ((event.clientY - top) / height) * HEIGHT;
    if (event.type === 'pointerdown') {
      canvas.setPointerCapture(event.pointerId);
      pen.lineWidth = 2.5;
      pen.lineCap = 'round';
      pen.beginPath();
      pen.moveTo(x, y);
      return;
    }
    pen.lineTo(x, y);
    pen.stroke();
    setDrawn(true);
  }

  return (
    <div>
      <canvas
        ref={sheet}
        width={WIDTH}
        height={HEIGHT}
        className="signature-sheet"
        aria-label={t`Sheet to sign on`}
        onPointerDown={draw}
        onPointerMove={draw}
      />
      <Group gap="xs" mt={6}>
        <Button
          size="xs"
          disabled={!drawn}
          onClick={() => sheet.current?.toBlob((picture) => picture && onDone(picture))}
        >
          <Trans>Sign with this</Trans>
        </Button>
        <Button size="xs" variant="default" disabled={!drawn} onClick={clear}>
          <Trans>Clear</Trans>
        </Button>
      </Group>
    </div>
  );
}
