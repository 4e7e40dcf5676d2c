/** How a picture can be loaded: by its own signature, with our token, or not at all. */
export type PictureAccess = 'signed' | 'owned' | 'outside';

/** Decides by its address; `origin` is that of this page, such as `http://127.0.0.1:8080`. */
export function pictureAccess(url: string, origin: string): PictureAccess {
  if (!URL.canParse(url, origin)) return 'outside';
  const parsed = new URL(url, origin);
  if (parsed.origin !== origin || !parsed.pathname.startsWith('/files/')) return 'outside';
  return parsed.search === '' ? 'owned' : 'signed';
}

/** An address without its signature. */
export function pathOf(url: string): string {
  return url.split('?')[0] ?? url;
}
