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
export const ACCEPTED = '.bpmn,.xml,application/xml,text/xml';

/** Reads a file; what is too large to be deployed is not read. */
export async function readDocument(file: File): Promise<DocumentFile | Fault> {
  if (file.size > LARGEST) {
    return {
      code: 'BAD_INPUT',
      message: t`${file.name} is larger than 1 MiB, the largest document there can be.`,
    };
  }
  try {
    return { name: file.name, text: await file.text() };
  } catch {
    return { code: 'BAD_INPUT', message: t`${file.name} cannot be read. Choose it again.` };
  }
}

/** Whether it was read. */
export function isDocument(read: DocumentFile | Fault): read is DocumentFile {
  return 'text' in read;
}
