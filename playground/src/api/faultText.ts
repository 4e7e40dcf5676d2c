import type { MessageDescriptor } from '@lingui/core';
import { msg, plural, t } from '@lingui/core/macro';
import { say, tag } from '../language/format';
import { type Fault, NETWORK } from './fault';

/** A fault as a person reads it: a short title and a sentence that says what to do. */
export interface FaultText {
  title: string;
  detail: string;
}

const FIELDS: Record<string, MessageDescriptor> = {
  inputImages: msg`Pictures`,
  inputData: msg`Parameters`,
  featureId: msg`Feature`,
  idempotencyKey: msg`Idempotency key`,
  userId: msg`User`,
  amount: msg`Amount`,
  reason: msg`Reason`,
  url: msg`Address`,
  description: msg`What it is for`,
  definitionKey: msg`Process`,
  eventTypes: msg`Events`,
  actions: msg`Asked before`,
  timeoutSeconds: msg`Seconds to answer in`,
  comment: msg`Comment`,
  signature: msg`Signature`,
  twoFactorTicket: msg`Second factor`,
  taskIds: msg`Tasks`,
  filter: msg`Filter`,
  fileId: msg`Spreadsheet`,
  since: msg`What has happened since`,
  after: msg`Place in the list`,
  before: msg`Place in the list`,
};

function fieldName(field: string): string {
  const last = field.split('.').findLast((part) => part !== 'input') ?? field;
  const name = FIELDS[last];
  return name ? say(name) : last;
}

/** A message of the server's, begun and ended as sentences are. */
export function sentence(message: string): string {
  const trimmed = message.trim();
  if (trimmed === '') return '';
  const first = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}

function wait(resetAt: string, now: Date): string | undefined {
  const seconds = Math.ceil((Date.parse(resetAt) - now.getTime()) / 1000);
  if (!Number.isFinite(seconds)) return undefined;
  if (seconds <= 0) return t`You can try again now.`;
  const span =
    seconds < 90
      ? plural(seconds, { one: '# second', other: '# seconds' })
      : plural(Math.ceil(seconds / 60), { one: '# minute', other: '# minutes' });
  const at = new Date(resetAt).toLocaleTimeString(tag());
  return t`You can try again in ${span}, at ${at}.`;
}

/** Words a fault; `now` decides how long a rate limit still lasts. */
export function faultText(fault: Fault, now: Date): FaultText {
  switch (fault.code) {
    case 'BAD_INPUT':
      return {
        title: fault.field === undefined ? t`That does not work` : t`${fieldName(fault.field)}: please check`,
        detail: sentence(fault.message),
      };
    case 'FORBIDDEN':
      return { title: t`Not allowed`, detail: sentence(fault.message) };
    case 'NOT_FOUND':
      return { title: t`Not found`, detail: sentence(fault.message) };
    case 'RATE_LIMITED': {
      const when = fault.resetAt === undefined ? undefined : wait(fault.resetAt, now);
      return { title: t`Too many batches`, detail: when ?? sentence(fault.message) };
    }
    case 'QUOTA_EXCEEDED':
      return {
        title: t`Not enough quota`,
        detail:
          fault.required === undefined || fault.balance === undefined
            ? sentence(fault.message)
            : t`This costs ${fault.required} and you have ${fault.balance}: ${fault.required - fault.balance} more needed.`,
      };
    case 'UNAUTHENTICATED':
      return {
        title: t`Signed out`,
        detail: t`The token is missing, wrong or has run out. Choose a user again.`,
      };
    case 'CONFLICT':
      return { title: t`Something else came first`, detail: sentence(fault.message) };
    case 'LOCKED':
      return { title: t`Held by a batch`, detail: sentence(fault.message) };
    case 'TOO_COMPLEX':
      return { title: t`The request is too large`, detail: sentence(fault.message) };
    case NETWORK:
      return { title: t`No connection`, detail: t`The server cannot be reached. Is it running?` };
    default:
      return {
        title: t`The server had a problem`,
        detail:
          fault.requestId === undefined
            ? sentence(fault.message)
            : t`Its log knows more under request ${fault.requestId}.`,
      };
  }
}
