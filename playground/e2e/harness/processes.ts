import type { Locator, Page } from 'playwright-core';
import type { Visitor } from './visitor';

let counted = 0;

/** A reference that no other test has. */
export const reference = (word: string): string => `${word}-${Date.now().toString(36)}-${++counted}`;

/** How the instance stands whose page this is. */
export const status = (page: Page): Promise<string | null> =>
  page.getByTestId('instance-status').locator('[data-status]').getAttribute('data-status');

/** Deploys a process as Olivia, once. */
export async function deploy(olivia: Visitor, name: string, bpmn: string): Promise<void> {
  const { page } = olivia;
  await page.goto('/processes');
  await page.getByRole('article').first().waitFor();
  if ((await page.getByRole('article', { name }).count()) > 0) return;
  await page.getByRole('link', { name: 'Deploy' }).click();
  await choose(page, 'process.bpmn', bpmn);
  await page.getByRole('button', { name: 'Deploy' }).click();
  await page.getByText('is at version 1').waitFor();
}

/** Chooses a file on the page that deploys. */
export async function choose(page: Page, name: string, text: string): Promise<void> {
  await page
    .getByLabel('BPMN file or chart')
    .setInputFiles({ name, mimeType: 'text/xml', buffer: Buffer.from(text) });
  await page.getByRole('heading', { name }).waitFor();
}

/** Opens the start dialog of a process. */
export async function prepare({ page }: Visitor, name: string): Promise<Locator> {
  await page.goto('/processes');
  await page.getByRole('article', { name }).getByRole('button', { name: 'Start' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reference').waitFor();
  return dialog;
}

/** Starts a process about something; the address of its page. */
export async function start(visitor: Visitor, name: string, about: string): Promise<string> {
  const dialog = await prepare(visitor, name);
  await dialog.getByLabel('Reference').fill(about);
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await visitor.page.waitForURL('**/instances/*');
  await visitor.page.getByRole('heading', { name: about }).waitFor();
  return visitor.page.url();
}

/** A process of these elements, with what stands beside it. */
export const processOf = (
  key: string,
  name: string,
  attributes: string,
  body: string,
  beside = '',
): string => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:docket="https://docket.dev/bpmn" xmlns:flowable="http://flowable.org/bpmn" id="d" targetNamespace="t">
  ${beside}
  <bpmn:process id="${key}" name="${name}" isExecutable="true" ${attributes}>${body}</bpmn:process>
</bpmn:definitions>`;

/** A flow from one element to another, where the condition holds, if it has one. */
export const flow = (from: string, to: string, condition?: string): string => {
  const holds =
    condition === undefined ? '' : `<bpmn:conditionExpression>${condition}</bpmn:conditionExpression>`;
  return `<bpmn:sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${holds}</bpmn:sequenceFlow>`;
};

/** Drops a file on a page, as from a folder beside the browser. */
export async function drop(page: Page, name: string, text: string): Promise<void> {
  const files = await page.evaluateHandle(
    ([file, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], file, { type: 'text/xml' }));
      return transfer;
    },
    [name, text] as const,
  );
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.locator('.drop-page').dispatchEvent(type, { dataTransfer: files });
}
