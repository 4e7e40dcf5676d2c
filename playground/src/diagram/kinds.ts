import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { say } from '../language/format';

const KINDS: Readonly<Record<string, MessageDescriptor>> = {
  process: msg`process`,
  participant: msg`pool`,
  lane: msg`lane`,
  startEvent: msg`start event`,
  endEvent: msg`end event`,
  intermediateCatchEvent: msg`catch event`,
  intermediateThrowEvent: msg`throw event`,
  // What the server calls it.
  throwEvent: msg`throw event`,
  boundaryEvent: msg`boundary event`,
  task: msg`task`,
  userTask: msg`user task`,
  manualTask: msg`manual task`,
  serviceTask: msg`service task`,
  scriptTask: msg`script task`,
  sendTask: msg`send task`,
  receiveTask: msg`receive task`,
  businessRuleTask: msg`business rule task`,
  callActivity: msg`call activity`,
  subProcess: msg`subprocess`,
  exclusiveGateway: msg`exclusive gateway`,
  parallelGateway: msg`parallel gateway`,
  inclusiveGateway: msg`inclusive gateway`,
  eventBasedGateway: msg`event-based gateway`,
  sequenceFlow: msg`flow`,
  message: msg`message`,
  signal: msg`signal`,
  error: msg`error`,
  escalation: msg`escalation`,
};

/** What an element is, by its name in BPMN; that name, where it is not known here. */
export function kindLabel(kind: string): string {
  const label = KINDS[kind];
  return label ? say(label) : kind;
}
