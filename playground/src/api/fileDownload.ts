import { type Fault, faultOfJson, networkFault } from './fault';

/** A file as the server answered it. */
export interface DownloadedFile {
  blob: Blob;
  name: string;
}

export type DownloadOutcome = { file: DownloadedFile } | { fault: Fault };

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The name that a `Content-Disposition` header has for a file, without any folder; null where it has none. */
export function fileNameOf(disposition: string | null): string | null {
  if (disposition === null) return null;
  const encoded = /;\s*filename\*\s*=\s*UTF-8''([^;\s]+)/i.exec(disposition)?.[1];
  const quoted = /;\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1];
  const bare = /;\s*filename\s*=\s*([^;"\s]+)/i.exec(disposition)?.[1];
  const name =
    (encoded === undefined ? null : decoded(encoded)) ?? quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '';
  return name.split(/[/\\]/).at(-1) || null;
}

/** Downloads a file as the owner of the token; `name` is what it is called where the server does not say. */
export async function downloadFile(token: string, path: string, name: string): Promise<DownloadOutcome> {
  try {
    const response = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) {
      return { fault: faultOfJson(response.status, await response.json().catch(() => null)) };
    }
    const given = fileNameOf(response.headers.get('content-disposition'));
    return { file: { blob: await response.blob(), name: given ?? name } };
  } catch {
    return { fault: networkFault() };
  }
}

const TAKEN_OVER_MS = 60_000;

/** Puts a file where the browser keeps its downloads. */
export function saveFile({ blob, name }: DownloadedFile): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The browser reads it after the click, when it gets round to it.
  window.setTimeout(() => URL.revokeObjectURL(url), TAKEN_OVER_MS);
}
