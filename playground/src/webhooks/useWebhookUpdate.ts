import { useMutation } from 'urql';
import { faultOfResult } from '../api/fault';
import type { UpdateWebhookInput, UpdateWebhookMutation, WebhookStateFragment } from '../gql/graphql';
import { notifyDone, notifyFault } from '../ui/notify';
import { UpdateWebhookDocument } from './operations';

type Payload = NonNullable<UpdateWebhookMutation['updateWebhook']>;

export interface WebhookUpdate {
  /** Changes something and tells in passing what came of it; null where it could not be done. */
  update: (changes: Omit<UpdateWebhookInput, 'webhookId'>, done: string) => Promise<Payload | null>;
  fetching: boolean;
}

/** Changes a webhook. */
export function useWebhookUpdate({ id, url }: WebhookStateFragment, onChanged: () => void): WebhookUpdate {
  const [{ fetching }, change] = useMutation(UpdateWebhookDocument);
  return {
    fetching,
    update: async (changes, done) => {
      const { data, error } = await change({ input: { webhookId: id, ...changes } });
      if (error) notifyFault(faultOfResult(error));
      const payload = data?.updateWebhook ?? null;
      if (payload) notifyDone(done, url);
      onChanged();
      return payload;
    },
  };
}
