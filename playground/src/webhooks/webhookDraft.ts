import { t } from '@lingui/core/macro';
import type {
  CreateWebhookInput,
  HookAction,
  UpdateWebhookInput,
  WebhookEventType,
  WebhookFailurePolicy,
  WebhookMode,
  WebhookStateFragment,
} from '../gql/graphql';

/** A webhook as it is filled in. */
export interface WebhookDraft {
  mode: WebhookMode;
  url: string;
  description: string;
  /** Empty: of all processes. */
  definitionKey: string;
  /** Empty: of everything. */
  eventTypes: readonly WebhookEventType[];
  actions: readonly HookAction[];
  onFailure: WebhookFailurePolicy;
  /** None: as long as the server grants. */
  timeoutSeconds: number | null;
}

export type DraftFaults = Partial<Record<'url' | 'actions', string>>;

/** How long a receiver may take where nobody says, in seconds. */
export const USUAL_TIMEOUT: Record<WebhookMode, number> = { NOTIFY: 20, BEFORE_ACTION: 10 };

/** What a form begins with: the webhook as it is, or nothing. */
export function draftOf(webhook: WebhookStateFragment | null): WebhookDraft {
  return {
    mode: webhook?.mode ?? 'NOTIFY',
    url: webhook?.url ?? '',
    description: webhook?.description ?? '',
    definitionKey: webhook?.definitionKey ?? '',
    eventTypes: webhook?.eventTypes ?? [],
    actions: webhook?.actions ?? ['APPROVE', 'REJECT', 'RETURN'],
    onFailure: webhook?.onFailure ?? 'REFUSE',
    timeoutSeconds: webhook?.timeoutSeconds ?? null,
  };
}

/** What is wrong with a draft, as far as that can be told here. */
export function checkDraft({ mode, url, actions }: WebhookDraft): DraftFaults {
  const faults: DraftFaults = {};
  if (!/^https?:\/\/[^\s/]/i.test(url.trim()))
    faults.url = t`This must be an address that begins with http:// or https://.`;
  if (mode === 'BEFORE_ACTION' && actions.length === 0) faults.actions = t`Choose at least one.`;
  return faults;
}

/** What makes the webhook. */
export function createInput(draft: WebhookDraft): CreateWebhookInput {
  const { mode, definitionKey, timeoutSeconds, eventTypes } = draft;
  return {
    mode,
    url: draft.url.trim(),
    description: draft.description.trim(),
    ...(definitionKey.trim() !== '' && { definitionKey: definitionKey.trim() }),
    ...(timeoutSeconds !== null && { timeoutSeconds }),
    ...(mode === 'NOTIFY' && eventTypes.length > 0 && { eventTypes: [...eventTypes] }),
    ...(mode === 'BEFORE_ACTION' && { actions: [...draft.actions], onFailure: draft.onFailure }),
  };
}

/** What makes a webhook like its draft; what it is for does not change. */
export function updateInput(webhookId: string, draft: WebhookDraft): UpdateWebhookInput {
  const { mode, definitionKey, timeoutSeconds, eventTypes } = draft;
  return {
    webhookId,
    url: draft.url.trim(),
    description: draft.description.trim(),
    definitionKey: definitionKey.trim() === '' ? null : definitionKey.trim(),
    timeoutSeconds: timeoutSeconds ?? USUAL_TIMEOUT[mode],
    ...(mode === 'NOTIFY' && { eventTypes: eventTypes.length > 0 ? [...eventTypes] : null }),
    ...(mode === 'BEFORE_ACTION' && { actions: [...draft.actions], onFailure: draft.onFailure }),
  };
}
