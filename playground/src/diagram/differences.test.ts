import { describe, expect, it } from 'vitest';
import LEAVE from '../../../src/workflow/bpmn/samples/leave-request.bpmn?raw';
import { differences } from './differences';

/** A document in which a text stands instead of another one that must be there. */
function mended(from: string | RegExp, to: string): string {
  const text = LEAVE.replace(from, to);
  if (text === LEAVE) throw new Error(`The sample has no ${from}.`);
  return text;
}

const brief = async (before: string, after: string) =>
  (await differences(before, after)).map(({ id, mark, properties }) => [
    id,
    mark,
    ...properties.map(({ property, before: was, after: is }) => `${property}: ${was ?? '-'} → ${is ?? '-'}`),
  ]);

describe('the differences between two versions', () => {
  it('are none where there are none, however they are laid out in the file', async () => {
    expect(await brief(LEAVE, LEAVE)).toEqual([]);
    expect(await brief(LEAVE, LEAVE.replaceAll(/\n\s+</g, '\n<'))).toEqual([]);
  });

  it('tell a new name, with what it was', async () => {
    expect(await brief(LEAVE, mended('name="Personnel decides"', 'name="HR decides"'))).toEqual([
      ['personnel-decides', 'changed', 'name: Personnel decides → HR decides'],
    ]);
  });

  it('tell who is asked, which is said in attributes of a namespace of its own', async () => {
    expect(
      await brief(LEAVE, mended('docket:approvers="hr" docket:counting="ANY"', 'docket:approvers="finance"')),
    ).toEqual([
      ['personnel-decides', 'changed', 'docket:approvers: hr → finance', 'docket:counting: ANY → -'],
    ]);
  });

  it('tell the rule of a flow', async () => {
    expect(await brief(LEAVE, mended('${days &gt; 3}', '${days &gt; 5}'))).toEqual([
      ['long-leave', 'changed', 'conditionExpression: ${days > 3} → ${days > 5}'],
    ]);
  });

  it('tell what a field may be used for, and what the process says of itself', async () => {
    const fields = await differences(
      LEAVE,
      mended('name="cover" access="WRITE"', 'name="cover" access="READ"'),
    );
    expect(fields).toMatchObject([{ id: 'leader-decides', mark: 'changed' }]);
    expect(fields[0]?.properties.map(({ property }) => property)).toEqual(['extensionElements']);
    expect(
      await brief(LEAVE, mended('docket:businessType="leave"', 'docket:businessType="holiday"')),
    ).toEqual([['leave-request', 'changed', 'docket:businessType: leave → holiday']]);
  });

  it('tell when a timer fires, deep within an event', async () => {
    const event = (duration: string) =>
      mended(
        '<bpmn:endEvent id="granted"',
        `<bpmn:intermediateCatchEvent id="later"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration>${duration}</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent><bpmn:endEvent id="granted"`,
      );
    const found = await differences(event('PT1H'), event('PT2H'));
    expect(found).toMatchObject([{ id: 'later', mark: 'changed' }]);
    expect(found[0]?.properties[0]?.after).toContain('PT2H');
  });

  it('tell what came, what went and what stands beside the process', async () => {
    const more = mended('<bpmn:process id', '<bpmn:message id="m" name="shipped" /><bpmn:process id').replace(
      '<bpmn:endEvent id="granted"',
      '<bpmn:task id="note" name="Note it" /><bpmn:endEvent id="granted"',
    );
    expect(await brief(LEAVE, more)).toEqual([
      ['m', 'added'],
      ['note', 'added'],
    ]);
    expect(await brief(more, LEAVE)).toEqual([
      ['m', 'removed'],
      ['note', 'removed'],
    ]);
  });

  it('tell what was only drawn elsewhere', async () => {
    expect(await brief(LEAVE, mended('<dc:Bounds x="160" y="162"', '<dc:Bounds x="160" y="190"'))).toEqual([
      ['asked', 'moved'],
    ]);
  });

  it('cannot be told of what is no BPMN', async () => {
    await expect(differences(LEAVE, 'nothing')).rejects.toThrow();
  });
});
