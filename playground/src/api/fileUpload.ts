import { t } from '@lingui/core/macro';
import { type Fault, faultOfJson, networkFault } from './fault';

/** A stored upload as `POST /files` answers; `url` is what `createBatch` takes. */
export interface UploadedFile {
  id: string;
  url: string;
  contentType: string;
  size: number;
}

export type UploadOutcome = { file: UploadedFile } | { fault: Fault };

function isUploadedFile(body: unknown): body is UploadedFile {
  return typeof body === 'object' && body !== null && typeof (body as Partial<UploadedFile>).url === 'string';
}

/** Uploads one file as the owner of the token. */
export async function uploadFile(token: string, file: Blob, name: string): Promise<UploadOutcome> {
  const form = new FormData();
  form.append('file', file, name);
  try {
    const response = await fetch('/files', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: form,
    });
    const body: unknown = await response.json().catch(() => null);
    if (response.ok && isUploadedFile(body)) return { file: body };
    return { fault: faultOfJson(response.status, body) };
  } catch {
    return { fault: networkFault() };
  }
}

/** The same for what must be a picture: the server takes documents too, and tells by the content what it is. */
export async function uploadPicture(token: string, file: Blob, name: string): Promise<UploadOutcome> {
  const outcome = await uploadFile(token, file, name);
  if ('fault' in outcome || outcome.file.contentType.startsWith('image/')) return outcome;
  return { fault: { code: 'BAD_INPUT', message: t`this is no picture: JPEG, PNG, WebP and GIF are` } };
}
