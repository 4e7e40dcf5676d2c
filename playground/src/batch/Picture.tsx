import { t } from '@lingui/core/macro';
import { Skeleton } from '@mantine/core';
import { IconPhoto, IconPhotoOff, IconWorld } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useSession } from '../session/session';
import { pathOf, pictureAccess } from './pictureAccess';

interface PictureProps {
  url: string;
  alt: string;
  /** Faded, while it stands for a result that is still to come. */
  waiting?: boolean;
}

/** A picture of ours; one from elsewhere is not loaded, since that would tell its host who looks. */
export function Picture(props: PictureProps) {
  switch (pictureAccess(props.url, window.location.origin)) {
    case 'signed':
      return <SignedPicture {...props} />;
    case 'owned':
      return <OwnedPicture key={props.url} {...props} />;
    case 'outside':
      return <IconWorld size={36} stroke={1.25} aria-label={t`A picture on the web`} />;
  }
}

/** Its address carries a signature that changes with every answer; what has been loaded stays. */
function SignedPicture({ url, ...rest }: PictureProps) {
  const [shown, setShown] = useState(url);
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const isOther = pathOf(shown) !== pathOf(url);
  const isRenewed = failedUrl === shown && shown !== url;
  if (isOther || isRenewed) setShown(url);
  if (failedUrl === shown)
    return <IconPhotoOff size={36} stroke={1.25} aria-label={t`The picture cannot be shown`} />;
  return <Shown url={shown} onError={() => setFailedUrl(shown)} {...rest} />;
}

/** Without a signature it is fetched with the bearer token. */
function OwnedPicture({ url, ...rest }: PictureProps): ReactNode {
  const { token } = useSession();
  const [local, setLocal] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const aborter = new AbortController();
    let created: string | null = null;
    fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: aborter.signal })
      .then((response) => {
        if (!response.ok) throw new Error(`The server answered ${response.status}.`);
        return response.blob();
      })
      .then((blob) => {
        if (aborter.signal.aborted) return;
        created = URL.createObjectURL(blob);
        setLocal(created);
      })
      .catch(() => {
        if (!aborter.signal.aborted) setFailed(true);
      });
    return () => {
      aborter.abort();
      if (created !== null) URL.revokeObjectURL(created);
    };
  }, [url, token]);
  if (failed) return <IconPhoto size={36} stroke={1.25} aria-label={t`The picture cannot be shown`} />;
  if (local === null) return <Skeleton h="100%" radius={0} />;
  return <Shown url={local} onError={() => setFailed(true)} {...rest} />;
}

function Shown({ url, alt, waiting, onError }: PictureProps & { onError: () => void }) {
  return (
    <img
      src={url}
      alt={alt}
      loading="lazy"
      decoding="async"
      data-waiting={waiting === true ? true : undefined}
      onError={onError}
    />
  );
}
