import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { drawing, drawnProcess, markOf } from './harness/drawn';
import { rested } from './harness/obstacles';
import { choose, flow, processOf } from './harness/processes';
import { stage } from './harness/spec';

const at = stage();

const notes = (page: Page) => page.getByRole('region', { name: 'Kept, and not executed here' });
const begins = (page: Page) => page.getByRole('region', { name: 'What begins it' });
const incident = (page: Page) => page.getByRole('alert').filter({ hasText: 'could not begin an instance' });

describe('a document', () => {
  it('is deployed though not all of it is executed, which is told with where that is', async () => {
    await at.visit(async (olivia) => {
      const { page } = olivia;
      await page.goto('/deploy');
      await olivia.become('Olivia');
      await choose(page, 'plain.bpmn', LISTENING.replaceAll(LISTENER, ''));
      await drawing(page);
      expect(await notes(page).count()).toBe(0);

      await choose(page, 'listening.bpmn', LISTENING);
      const diagram = await drawing(page);
      await notes(page)
        .getByText(/taskListener.* is kept and not executed/)
        .waitFor();
      const line = LISTENING.split('\n').findIndex((text) => text.includes('taskListener')) + 1;
      await notes(page).getByText(`line ${line}`, { exact: true }).waitFor();
      await expect.poll(() => markOf(diagram, 'look')).toBe('noted');
      expect(await page.getByRole('list', { name: 'Faults' }).count()).toBe(0);
      // By keyboard, as whoever has no mouse does.
      const where = notes(page).getByRole('button', { name: 'look' });
      await where.focus();
      await page.keyboard.press('Enter');
      await diagram.locator('.shown-element[data-element-id=look]').waitFor();
      expect(await where.getAttribute('aria-pressed')).toBe('true');
      expect(await rested(page)).toEqual([]);

      await page.getByRole('button', { name: 'Deploy' }).click();
      await page.waitForURL('**/processes/listening?version=1');
      await page.getByText('Listening is at version 1.').waitFor();
    });
  });

  it('with two processes deploys both, and both are shown', async () => {
    await at.visit(async (olivia) => {
      const { page } = olivia;
      await page.goto('/deploy');
      await olivia.become('Olivia');
      await choose(page, 'two.bpmn', two('buying', 'selling'));
      await drawing(page);
      await page.getByRole('button', { name: 'Deploy' }).click();
      await page.waitForURL(/\/processes$/);
      await page
        .getByText('Two buying (buying) at version 1 and Two selling (selling) at version 1')
        .waitFor();
      for (const key of ['buying', 'selling'])
        await page.getByRole('article', { name: `Two ${key}` }).waitFor();
      const together = page.getByRole('region', { name: 'Deployed together' });
      expect(await together.getByRole('listitem').allTextContents()).toEqual([
        'Two buying buying, version 1',
        'Two selling selling, version 1',
      ]);

      await together.getByRole('link', { name: 'Two selling' }).click();
      await page.waitForURL('**/processes/selling?version=1');
      await (await drawing(page)).locator('[data-element-id=selling-look]').waitFor();
      await page.goBack();
      await together.getByRole('button', { name: 'Close' }).click();
      await together.waitFor({ state: 'detached' });
      await page.getByRole('article', { name: 'Two buying' }).waitFor();
    });
  });
});

describe('a process that events begin', () => {
  it('says by what, and what of it could not begin, which operators have tried again', async () => {
    await at.visit(async (olivia) => {
      const { page } = olivia;
      await page.goto('/deploy');
      await olivia.become('Olivia');
      await choose(page, 'eventful.bpmn', EVENTFUL);
      await page.getByRole('button', { name: 'Deploy' }).click();
      await page.waitForURL('**/processes/eventful?version=1');
      const by = (node: string) => begins(page).locator(`[data-node=${node}]`);
      await by('asked').getByText('when somebody starts it, or another process calls it').waitFor();
      await by('told').getByText('message “eventful-told”').waitFor();
      await by('heard').getByText('signal “eventful-heard”').waitFor();
      await by('often').getByText('timer due in 2 hours').waitFor();
      await by('often').getByRole('button', { name: 'Now and then' }).click();
      await page.locator('.shown-element[data-element-id=often]').waitFor();

      // It is tried some times before somebody has to see to it.
      await incident(page).getByText('“Soon” could not begin an instance').waitFor();
      await incident(page).getByText('no condition of its flows holds').waitFor();
      await incident(page).getByRole('button', { name: 'Show where' }).click();
      await page.locator('.shown-element[data-element-id=soon]').waitFor();
      expect(await rested(page)).toEqual([]);
      await olivia.mark();
      const which = () => incident(page).getAttribute('data-incident');
      const first = await which();
      await again(page);
      await page.getByText('It is being tried again').first().waitFor();
      // Nothing is different yet: it fails once more, which is another incident.
      await expect.poll(which).not.toBe(first);
      expect(await olivia.isMarked()).toBe(true);

      await page.goto('/incidents?find=eventful%20soon');
      const listed = page.getByRole('table', { name: 'What could not begin' });
      await listed.getByRole('link', { name: 'Eventful' }).waitFor();
      await listed.getByRole('button', { name: 'Try again' }).waitFor();
      expect(await rested(page)).toEqual([]);
      await page.goto('/incidents?find=elsewhere');
      await page.getByText('No incident matches the filter').waitFor();

      // Others see what begins it, and not what could not.
      await olivia.become('Alice');
      await page.goto('/processes/eventful');
      await by('told').waitFor();
      await drawing(page);
      expect(await incident(page).count()).toBe(0);
    });
  });
});

/** Confirms that what could not begin is tried again. */
async function again(page: Page): Promise<void> {
  await incident(page).getByRole('button', { name: 'Try again' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('in the version that is the newest now').waitFor();
  await dialog.getByRole('button', { name: 'Try again' }).click();
}

const LISTENER =
  '<bpmn:extensionElements><flowable:taskListener event="create" class="com.example.Told" /></bpmn:extensionElements>';

/** Olivia looks, and something in Java would hear of it elsewhere. */
const LISTENING = drawnProcess(
  'listening',
  'Listening',
  [
    { id: 'begun', xml: '<bpmn:startEvent id="begun" />' },
    {
      id: 'look',
      xml: `<bpmn:userTask id="look" name="Look" flowable:assignee="olivia">${LISTENER}</bpmn:userTask>`,
    },
    { id: 'done', xml: '<bpmn:endEvent id="done" />' },
  ],
  [
    ['begun', 'look'],
    ['look', 'done'],
  ],
);

/** A document with two processes, in each of which somebody looks. */
function two(...keys: readonly [string, string]): string {
  const [one, other] = keys.map((key) =>
    processOf(
      key,
      `Two ${key}`,
      '',
      `<bpmn:startEvent id="${key}-begun" />
       <bpmn:userTask id="${key}-look" name="Look" flowable:assignee="olivia" />
       <bpmn:endEvent id="${key}-done" />
       ${flow(`${key}-begun`, `${key}-look`)}${flow(`${key}-look`, `${key}-done`)}`,
    ),
  );
  const second = /<bpmn:process [\s\S]*<\/bpmn:process>/.exec(other ?? '')?.[0] ?? '';
  return (one ?? '').replace('</bpmn:definitions>', `${second}\n</bpmn:definitions>`);
}

/** It begins in every way, and what a timer is to begin after a second cannot: nobody knows where to go. */
const EVENTFUL = processOf(
  'eventful',
  'Eventful',
  '',
  `<bpmn:startEvent id="asked" name="Asked for" />
   <bpmn:startEvent id="told" name="Told"><bpmn:messageEventDefinition messageRef="m" /></bpmn:startEvent>
   <bpmn:startEvent id="heard" name="Heard"><bpmn:signalEventDefinition signalRef="s" /></bpmn:startEvent>
   <bpmn:startEvent id="often" name="Now and then"><bpmn:timerEventDefinition><bpmn:timeCycle>R/PT2H30M</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:startEvent>
   <bpmn:startEvent id="soon" name="Soon"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:startEvent>
   <bpmn:exclusiveGateway id="which" />
   <bpmn:userTask id="look" name="Look" flowable:assignee="olivia" />
   <bpmn:endEvent id="done" />
   ${flow('asked', 'look')}${flow('told', 'look')}${flow('heard', 'look')}${flow('often', 'look')}${flow('look', 'done')}
   ${flow('soon', 'which')}${flow('which', 'look', '${sum == 1}')}${flow('which', 'done', '${sum == 2}')}`,
  '<bpmn:message id="m" name="eventful-told" /><bpmn:signal id="s" name="eventful-heard" />',
);
