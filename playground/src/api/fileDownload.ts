import { type Fault, faultOfJson, networkFault } from './fault';

/** Saves a stored file as whoever the token is of; answers what went wrong. */
export async function downloadFile(token: string, id: string, name: string): Promise<Fault | null> {
  try {
    const response = await fetch(`/files/${encodeURIComponent(id)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) return faultOfJson(response.status, await response.json().catch(() => null));
    const url = URL.createObjectURL(await response.blob());
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = name;
    anchor.click();
    URL.revokeObjectURL(url);
    return null;
  } catch {
    return networkFault();
  }
}
