import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { HookAction, WebhookEventType, WebhookMode } from '../gql/graphql';

/** What a webhook is for. */
export const MODES: Record<WebhookMode, MessageDescriptor> = {
  NOTIFY: msg`Told of events`,
  BEFORE_ACTION: msg`Asked before decisions`,
};

/** What it may be asked before. */
export const ACTIONS: Record<HookAction, MessageDescriptor> = {
  APPROVE: msg`A task is approved`,
  REJECT: msg`A task is rejected`,
  RETURN: msg`An instance is sent back`,
};

type Group = 'instances' | 'tasks' | 'jobs' | 'incidents';

/** What events are about, in the order in which they are listed. */
export const GROUPS: Record<Group, MessageDescriptor> = {
  instances: msg`Instances`,
  tasks: msg`Tasks`,
  jobs: msg`Jobs`,
  incidents: msg`Incidents`,
};

/** What each type of event says. */
export const EVENT_TYPES: Record<WebhookEventType, { group: Group; label: MessageDescriptor }> = {
  INSTANCE_STARTED: { group: 'instances', label: msg`Instance started` },
  INSTANCE_APPROVED: { group: 'instances', label: msg`Instance approved` },
  INSTANCE_REJECTED: { group: 'instances', label: msg`Instance rejected` },
  INSTANCE_CANCELLED: { group: 'instances', label: msg`Instance cancelled` },
  INSTANCE_SUSPENDED: { group: 'instances', label: msg`Instance suspended` },
  INSTANCE_RESUMED: { group: 'instances', label: msg`Instance resumed` },
  TASK_CREATED: { group: 'tasks', label: msg`Task created` },
  TASK_OPENED: { group: 'tasks', label: msg`Task has its turn` },
  TASK_HELD: { group: 'tasks', label: msg`Task waits again` },
  TASK_CLAIMED: { group: 'tasks', label: msg`Task claimed` },
  TASK_UNCLAIMED: { group: 'tasks', label: msg`Task given back` },
  TASK_DELEGATED: { group: 'tasks', label: msg`Task delegated` },
  TASK_RESOLVED: { group: 'tasks', label: msg`Delegated task answered` },
  TASK_TRANSFERRED: { group: 'tasks', label: msg`Task transferred` },
  TASK_APPROVED: { group: 'tasks', label: msg`Task approved` },
  TASK_REJECTED: { group: 'tasks', label: msg`Task rejected` },
  TASK_RETURNED: { group: 'tasks', label: msg`Task sent back` },
  TASK_CANCELLED: { group: 'tasks', label: msg`Task cancelled` },
  TASK_SKIPPED: { group: 'tasks', label: msg`Task skipped` },
  TASK_WITHDRAWN: { group: 'tasks', label: msg`Approval withdrawn` },
  TASK_RECALLED: { group: 'tasks', label: msg`Approval recalled` },
  TASK_COPIED: { group: 'tasks', label: msg`Task copied` },
  TASK_URGED: { group: 'tasks', label: msg`Task urged` },
  TASK_COMMENTED: { group: 'tasks', label: msg`Task commented` },
  JOB_CREATED: { group: 'jobs', label: msg`Job created` },
  JOB_COMPLETED: { group: 'jobs', label: msg`Job done` },
  JOB_ERRORED: { group: 'jobs', label: msg`Job ended with an error` },
  JOB_FAILED: { group: 'jobs', label: msg`Job failed` },
  INCIDENT_RAISED: { group: 'incidents', label: msg`Incident raised` },
  INCIDENT_RESOLVED: { group: 'incidents', label: msg`Incident resolved` },
};

/** The types that are about something, as the list of types has them. */
export function typesAbout(group: Group): readonly WebhookEventType[] {
  return (Object.keys(EVENT_TYPES) as WebhookEventType[]).filter((type) => EVENT_TYPES[type].group === group);
}
