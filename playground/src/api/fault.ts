import { t } from '@lingui/core/macro';
import type { CombinedError } from '@urql/core';

/** What went wrong with a request, whichever way it was sent; `code` is the server's `extensions.code`. */
export interface Fault {
  code: string;
  /** The server's own sentence. */
  message: string;
  /** The argument at fault, with `BAD_INPUT`. */
  field?: string;
  /** When the next request is allowed (RFC 3339), with `RATE_LIMITED`. */
  resetAt?: string;
  /** What the request costs, with `QUOTA_EXCEEDED`. */
  required?: number;
  /** What the user has, with `QUOTA_EXCEEDED`. */
  balance?: number;
  /** What to look for in the server's log, with `INTERNAL`. */
  requestId?: string;
  /** Everything that is wrong, where it is more than one thing: with a form, or a document. */
  faults?: readonly PartFault[];
}

/** One of several things that are wrong. */
export interface PartFault {
  message: string;
  /** The argument at fault. */
  field?: string;
  /** The element of a document, and its line. */
  element?: string;
  line?: number;
  /** Where in a chart. */
  path?: string;
}

/** A fault that is ours to name because no answer of the server carries one. */
export const NETWORK = 'NETWORK';

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function parts(value: unknown): PartFault[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return (value as unknown[]).flatMap((part) => {
    if (typeof part !== 'object' || part === null) return [];
    const { message, field, element, line, path } = part as Record<string, unknown>;
    const said = text(message);
    if (said === undefined) return [];
    return [
      { message: said, field: text(field), element: text(element), line: number(line), path: text(path) },
    ];
  });
}

/** Reads a fault from a message and its structured details, ignoring details of an unexpected type. */
export function faultOf(message: string, details: Record<string, unknown> | undefined): Fault {
  return {
    code: text(details?.code) ?? 'INTERNAL',
    message,
    field: text(details?.field),
    resetAt: text(details?.resetAt),
    required: number(details?.required),
    balance: number(details?.balance),
    requestId: text(details?.requestId),
    faults: parts(details?.faults),
  };
}

/** What is said of an argument of the input, where it is the one at fault. */
export function messageAt(fault: Fault | null, argument: string): string | undefined {
  return fault?.field === argument || fault?.field === `input.${argument}` ? fault.message : undefined;
}

/** The fault of a request that got no answer at all. */
export function networkFault(): Fault {
  return { code: NETWORK, message: t`The server cannot be reached.` };
}

/** The first fault of a failed query or mutation. */
export function faultOfResult(error: CombinedError): Fault {
  const first = error.graphQLErrors[0];
  if (first) return faultOf(first.message, first.extensions);
  const status = (error.response as Response | undefined)?.status;
  if (status === 401) return { code: 'UNAUTHENTICATED', message: t`The server did not accept the token.` };
  return networkFault();
}

/** The fault in a JSON answer outside GraphQL, `{code, errorCode, message}`. */
export function faultOfJson(status: number, body: unknown): Fault {
  if (typeof body === 'object' && body !== null) {
    const details = body as Record<string, unknown>;
    const message = text(details.message);
    if (message !== undefined) return faultOf(message, details);
  }
  return {
    code: status === 401 ? 'UNAUTHENTICATED' : 'INTERNAL',
    message: t`The server answered ${status}.`,
  };
}
