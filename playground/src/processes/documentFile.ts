import { t } from '@lingui/core/macro';
import type { Fault } from '../api/fault';

/** A file that somebody wants to deploy. */
export interface DocumentFile {
  name: string;
  text: string;
}

/** The largest document that the server reads, in bytes; `docs/approvals.md` names it. */
const LARGEST = 1024 * 1024;

/** What the dialog for files shows at first. */
export const ACCEPTED = '.bpmn,.xml,.json,application/xml,text/xml,application/json';

/** Reads a file; what is too large to be deployed is not read, and JSON must be such. */
export async function readDocument(file: File): Promise<DocumentFile | Fault> {
  if (file.size > LARGEST) {
    return {
      code: 'BAD_INPUT',
      message: t`${file.name} is larger than 1 MiB, the largest document there can be.`,
    };
  }
  try {
    const read = { name: file.name, text: await file.text() };
    if (!isJson(read)) return read;
    return chartIn(read) === null
      ? { code: 'BAD_INPUT', message: t`${file.name} is not JSON: save it again from the designer.` }
      : read;
  } catch {
    return { code: 'BAD_INPUT', message: t`${file.name} cannot be read. Choose it again.` };
  }
}

/** Whether it was read. */
export function isDocument(read: DocumentFile | Fault): read is DocumentFile {
  return 'text' in read;
}

/** Whether a file means to be a chart; XML begins otherwise. */
function isJson({ name, text }: DocumentFile): boolean {
  return /\.json$/i.test(name) || /^\uFEFF?\s*\{/.test(text);
}

/** The chart in a file; null where it is BPMN, or damaged. */
export function chartIn(file: DocumentFile): object | null {
  if (!isJson(file)) return null;
  try {
    const chart: unknown = JSON.parse(file.text.replace(/^\uFEFF/, ''));
    return typeof chart === 'object' ? chart : null;
  } catch {
    return null;
  }
}

/** The process in a file, as the server takes it. */
export function processIn(file: DocumentFile): { chart: unknown } | { bpmnXml: string } {
  const chart = chartIn(file);
  return chart === null ? { bpmnXml: file.text } : { chart };
}
