import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { obstacles } from './harness/obstacles';
import { deploy, flow, processOf, reference, start, status } from './harness/processes';
import { stage } from './harness/spec';

const at = stage();

const tasks = (page: Page) => page.getByRole('region', { name: 'Tasks' });
const waits = (page: Page) => page.getByRole('region', { name: 'Waits for' });
const incident = (page: Page) => page.getByRole('alert').filter({ hasText: 'could not go on' });

/** Tells the message “shipped” to the instance with a business key, as the development user Olivia. */
async function ship(page: Page, businessKey: string, variables: Record<string, unknown>): Promise<unknown> {
  return page.evaluate(
    async (input) => {
      const users = (await (await fetch('/dev/users')).json()) as { name: string; token: string }[];
      const token = users.find(({ name }) => name === 'Olivia')?.token ?? '';
      const answer = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({
          query:
            'mutation Ship($input: SendMessageInput!) { sendMessage(input: $input) { instance { businessKey } } }',
          variables: { input },
        }),
      });
      return answer.json() as Promise<unknown>;
    },
    { name: 'shipped', businessKey, variables },
  );
}

describe('what an instance waits for', () => {
  it('is told on its page, and goes on there by itself when the time has come', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      await deploy(olivia, 'In a hurry', HURRY);
      const { page } = alice;
      const pushed: string[] = [];
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => pushed.push(payload.toString())),
      );
      await start(alice, 'In a hurry', reference('hurry'));
      await waits(page).getByText('Nobody came').waitFor();
      await waits(page).getByText('timer due any moment').waitFor();
      await tasks(page).getByText('Look soon').waitFor();
      expect(await tasks(page).getByText('Look late').count()).toBe(0);
      await alice.mark();

      await tasks(page).getByText('Look late').waitFor();
      await waits(page).waitFor({ state: 'detached' });
      await page.getByTestId('history').getByText('“Nobody came” has happened').waitFor();
      expect(await alice.isMarked()).toBe(true);
      expect(pushed.some((message) => message.includes('"processInstanceProgress"'))).toBe(true);
      await page.getByRole('button', { name: /The way it took/ }).click();
      await page.getByTestId('path').locator('[data-node="late"]').getByText('event at the border').waitFor();
      expect(await status(page)).toBe('RUNNING');
    });
  });
});

describe('what could not be done', () => {
  it('is an incident that its people read, and that whoever runs it has done again', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      await deploy(olivia, 'Parcels', PARCELS);
      const about = reference('parcel');
      const instance = await start(alice, 'Parcels', about);
      await alice.mark();
      await incident(alice.page).getByText('“A second later” could not go on').waitFor();
      await incident(alice.page).getByText('no condition of its flows holds').waitFor();
      await incident(alice.page).getByText('Somebody who runs this must see to it.').waitFor();
      expect(await incident(alice.page).getByRole('button', { name: 'Try again' }).count()).toBe(0);
      await waits(alice.page).getByText('message “shipped”').waitFor();
      expect(await obstacles(alice.page)).toEqual([]);

      await olivia.page.goto(instance);
      await incident(olivia.page).waitFor();
      await olivia.mark();
      const which = () => incident(olivia.page).getAttribute('data-incident');
      const first = await which();
      const again = async () => {
        await incident(olivia.page).getByRole('button', { name: 'Try again' }).click();
        const dialog = olivia.page.getByRole('dialog');
        await dialog.getByText('if it fails again, there is another incident').waitFor();
        await dialog.getByRole('button', { name: 'Try again' }).click();
      };
      // Nothing is different yet: it fails once more, which is another incident.
      await again();
      await olivia.page.getByText('It is being tried again').first().waitFor();
      await expect.poll(which).not.toBe(first);
      expect(await ship(olivia.page, about, { sum: 2 })).toEqual({
        data: { sendMessage: { instance: { businessKey: about } } },
      });
      const history = alice.page.getByTestId('history');
      await history.getByText('Olivia told it: “The parcel is on its way”').waitFor();
      await waits(alice.page).getByText('message “shipped”').waitFor({ state: 'detached' });

      expect(await tasks(olivia.page).getByText('Carry it').count()).toBe(0);
      await again();
      for (const { page } of [alice, olivia]) {
        await tasks(page).getByText('Carry it').waitFor();
        await incident(page).waitFor({ state: 'detached' });
        await waits(page).waitFor({ state: 'detached' });
      }
      expect([await alice.isMarked(), await olivia.isMarked()]).toEqual([true, true]);
    });
  });
});

/** A timer of so many seconds. */
const timer = (seconds: number) =>
  `<bpmn:timerEventDefinition><bpmn:timeDuration>PT${seconds}S</bpmn:timeDuration></bpmn:timerEventDefinition>`;

/** Bob looks, and soon Olivia in his place: not before a slow browser has shown that it is waited for. */
const HURRY = processOf(
  'hurry',
  'In a hurry',
  '',
  `<bpmn:startEvent id="begun" />
   <bpmn:userTask id="soon" name="Look soon" flowable:assignee="bob" />
   <bpmn:boundaryEvent id="late" name="Nobody came" attachedToRef="soon">${timer(5)}</bpmn:boundaryEvent>
   <bpmn:userTask id="instead" name="Look late" flowable:assignee="olivia" />
   <bpmn:endEvent id="done" />
   ${flow('begun', 'soon')}${flow('soon', 'done')}${flow('late', 'instead')}${flow('instead', 'done')}`,
);

/** Nobody knows where to go after a second, until the message has brought the sum. Olivia sees it since she is asked too. */
const PARCELS = processOf(
  'parcels',
  'Parcels',
  '',
  `<bpmn:startEvent id="begun" />
   <bpmn:parallelGateway id="fork" />
   <bpmn:intermediateCatchEvent id="later" name="A second later">${timer(1)}</bpmn:intermediateCatchEvent>
   <bpmn:exclusiveGateway id="which" />
   <bpmn:userTask id="small" name="Post it" flowable:assignee="bob" />
   <bpmn:userTask id="large" name="Carry it" flowable:assignee="bob" />
   <bpmn:userTask id="watch" name="Watch over it" flowable:assignee="olivia" />
   <bpmn:intermediateCatchEvent id="told" name="The parcel is on its way"><bpmn:messageEventDefinition messageRef="m" /></bpmn:intermediateCatchEvent>
   <bpmn:endEvent id="done" />
   ${flow('begun', 'fork')}${flow('fork', 'later')}${flow('later', 'which')}${flow('fork', 'told')}${flow('told', 'done')}${flow('fork', 'watch')}${flow('watch', 'done')}
   ${flow('which', 'small', '${sum == 1}')}${flow('which', 'large', '${sum == 2}')}${flow('small', 'done')}${flow('large', 'done')}`,
  '<bpmn:message id="m" name="shipped" />',
);
