import { describe, expect, it } from 'vitest';
import { drawing, markOf } from './harness/drawn';
import { rested } from './harness/obstacles';
import { choose, drop, reference, start } from './harness/processes';
import { stage } from './harness/spec';

const at = stage();

describe('a chart', () => {
  it('is deployed like a BPMN file: its faults are told, and it is drawn', async () => {
    await at.visit(async (olivia) => {
      const { page } = olivia;
      await page.goto('/deploy');
      await olivia.become('Olivia');
      await drop(page, 'purchase.json', JSON.stringify(chart('APPROVED_BY_ALL')));
      const faults = page.getByRole('list', { name: 'Faults' });
      await faults.getByText('$.childNode').first().waitFor();
      await page.getByText('There is no drawing of it yet').waitFor();
      await drop(page, 'damaged.json', '{');
      await page.getByText('damaged.json is not JSON').waitFor();
      await choose(page, 'mended.json', JSON.stringify(chart('APPROVER')));
      const diagram = await drawing(page);
      await diagram.getByText('Manager').first().waitFor();
      expect(await faults.count()).toBe(0);
      await page.getByRole('button', { name: 'Deploy' }).click();
      await page.waitForURL('**/processes/purchase?version=1');
      await (await drawing(page)).locator('[data-element-id=manager]').waitFor();
      await start(olivia, 'Purchase', reference('purchase'));
      await expect.poll(async () => markOf(await drawing(page), 'manager')).toBe('current');
    });
  });
});

describe.each(['light', 'dark'] as const)('charts in %s colours', (colorScheme) => {
  it('can be read and used by everyone', async () => {
    await at.visit(async (olivia) => {
      const { page } = olivia;
      const found: Record<string, string[]> = {};
      await page.goto('/deploy');
      await olivia.become('Olivia');
      await choose(page, 'faulty.json', JSON.stringify(chart('APPROVED_BY_ALL')));
      await page.getByRole('list', { name: 'Faults' }).waitFor();
      found.faulty = await rested(page);
      await choose(page, 'lost.json', JSON.stringify(chart('APPROVER', 'nowhere')));
      await expect.poll(async () => markOf(await drawing(page), 'manager')).toBe('faulty');
      const fault = page.getByRole('list', { name: 'Faults' }).getByRole('button', { name: 'manager' });
      await fault.click();
      await page.locator('.shown-element[data-element-id=manager]').waitFor();
      found.lost = await rested(page);
      expect(found).toEqual({ faulty: [], lost: [] });
    }, colorScheme);
  });
});

/** A purchase that its manager decides about, if that is a kind of node; a rejection leads back to another one. */
const chart = (type: string, returnNode?: string) => ({
  process: { key: 'purchase', name: 'Purchase' },
  id: 'begin',
  type: 'START',
  name: 'Something is needed',
  childNode: {
    id: 'manager',
    type,
    name: 'Manager',
    approverStrategy: 'USER',
    approvers: ['bob'],
    ...(returnNode !== undefined && { rejection: 'RETURN', returnNode }),
  },
});
