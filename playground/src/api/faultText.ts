import { type Fault, NETWORK } from './fault';

/** A fault as a person reads it: a short title and a sentence that says what to do. */
export interface FaultText {
  title: string;
  detail: string;
}

const FIELDS: Record<string, string> = {
  inputImages: 'Pictures',
  inputData: 'Parameters',
  featureId: 'Feature',
  idempotencyKey: 'Idempotency key',
  userId: 'User',
  amount: 'Amount',
  reason: 'Reason',
  after: 'Place in the list',
  before: 'Place in the list',
};

function fieldName(field: string): string {
  const last = field.split('.').findLast((part) => part !== 'input') ?? field;
  return FIELDS[last] ?? last;
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
  if (seconds <= 0) return 'You can try again now.';
  const span =
    seconds < 90 ? `${seconds} second${seconds === 1 ? '' : 's'}` : `${Math.ceil(seconds / 60)} minutes`;
  const at = new Date(resetAt).toLocaleTimeString();
  return `You can try again in ${span}, at ${at}.`;
}

/** Words a fault; `now` decides how long a rate limit still lasts. */
export function faultText(fault: Fault, now: Date): FaultText {
  switch (fault.code) {
    case 'BAD_INPUT':
      return {
        title: fault.field === undefined ? 'That does not work' : `${fieldName(fault.field)}: please check`,
        detail: sentence(fault.message),
      };
    case 'FORBIDDEN':
      return { title: 'Not allowed', detail: sentence(fault.message) };
    case 'NOT_FOUND':
      return { title: 'Not found', detail: sentence(fault.message) };
    case 'RATE_LIMITED': {
      const when = fault.resetAt === undefined ? undefined : wait(fault.resetAt, now);
      return { title: 'Too many batches', detail: when ?? sentence(fault.message) };
    }
    case 'QUOTA_EXCEEDED':
      return {
        title: 'Not enough quota',
        detail:
          fault.required === undefined || fault.balance === undefined
            ? sentence(fault.message)
            : `This costs ${fault.required} and you have ${fault.balance}: ${fault.required - fault.balance} more needed.`,
      };
    case 'UNAUTHENTICATED':
      return {
        title: 'Signed out',
        detail: 'The token is missing, wrong or has run out. Choose a user again.',
      };
    case 'CONFLICT':
      return { title: 'Something else came first', detail: sentence(fault.message) };
    case 'LOCKED':
      return { title: 'Held by a batch', detail: sentence(fault.message) };
    case 'TOO_COMPLEX':
      return { title: 'The request is too large', detail: sentence(fault.message) };
    case NETWORK:
      return { title: 'No connection', detail: 'The server cannot be reached. Is it running?' };
    default:
      return {
        title: 'The server had a problem',
        detail:
          fault.requestId === undefined
            ? sentence(fault.message)
            : `Its log knows more under request ${fault.requestId}.`,
      };
  }
}
