/** Where a process is shown, in its newest version. */
export function processAddress(key: string): string {
  return `/processes/${encodeURIComponent(key)}`;
}

/** Where a version of it is shown. */
export function versionAddress(key: string, version: number): string {
  return `${processAddress(key)}?version=${version}`;
}

/** Where two versions of it are shown beside each other. */
export function comparisonAddress(key: string, from: number, to: number): string {
  return `${processAddress(key)}/compare?from=${from}&to=${to}`;
}

/** Reads a version from an address; none where it is not one. */
export function readVersion(text: string | null): number | undefined {
  const version = Number(text ?? '');
  return Number.isInteger(version) && version > 0 ? version : undefined;
}
