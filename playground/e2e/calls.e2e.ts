import { describe, expect, it } from 'vitest';
import { deploy, flow, processOf, reference, start, status } from './harness/processes';
import { stage } from './harness/spec';

const at = stage();

describe('a call over HTTP', () => {
  it('is refused, and made again when its incident is resolved', async () => {
    await at.visit(async (olivia) => {
      const { page } = olivia;
      const about = reference('calling');
      const incident = page.getByRole('alert').filter({ hasText: 'could not go on' });
      at.receiver.answers = 404;
      await page.goto('/processes');
      await olivia.become('Olivia');
      await deploy(olivia, 'Calling', calling(at.receiver.url));
      await start(olivia, 'Calling', about);
      await olivia.mark();
      await incident.getByText('404').first().waitFor();
      await page.getByRole('region', { name: 'Jobs' }).locator('[data-status=FAILED]').first().waitFor();
      at.receiver.answers = 204;
      await incident.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('dialog').getByText('The call is made again, up to 3 times.').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => status(page)).toBe('APPROVE');
      expect(await olivia.isMarked()).toBe(true);
      expect(at.receiver.received.map((call) => call.status)).toEqual([404, 204]);
      await page.goto('/jobs?status=SUCCESS');
      const job = page.getByRole('row', { name: about });
      await job.getByText('HTTP', { exact: true }).waitFor();
    });
  });
});

/** Calls another system, and has ended when that has answered. */
const calling = (url: string) =>
  processOf(
    'calling',
    'Calling',
    '',
    `<bpmn:startEvent id="begun" />
     <bpmn:serviceTask id="call" name="Call it"><bpmn:extensionElements><docket:http url="${url}" /></bpmn:extensionElements></bpmn:serviceTask>
     <bpmn:endEvent id="done" />
     ${flow('begun', 'call')}${flow('call', 'done')}`,
  );
