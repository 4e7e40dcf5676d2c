/** Addresses read from what was pasted, and the words that are none. */
export interface ParsedUrls {
  urls: string[];
  rejected: string[];
}

function isPictureUrl(word: string): boolean {
  if (word.startsWith('/files/')) return true;
  return /^https?:\/\/\S/i.test(word) && URL.canParse(word);
}

/** Splits pasted text at white space, commas and semicolons that are followed by white space or end a line. */
export function parseUrls(text: string): ParsedUrls {
  const words = text
    .split(/\s+/)
    .map((word) => word.replace(/^[<"']+|[>"',;]+$/g, ''))
    .filter((word) => word !== '');
  return { urls: words.filter(isPictureUrl), rejected: words.filter((word) => !isPictureUrl(word)) };
}

/** The last part of an address, as a name for a picture. */
export function nameOfUrl(url: string): string {
  const path = url.split(/[?#]/)[0] ?? url;
  const last = path.split('/').findLast((part) => part !== '') ?? url;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
