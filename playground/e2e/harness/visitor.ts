import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium that `CHROMIUM_PATH` names. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ARGUMENTS,
  });
}

interface VisitOptions {
  browser: Browser;
  url: string;
  colorScheme?: 'light' | 'dark';
  /** What the person reads; English where it is not given, as the specs find things by English texts. */
  locale?: string;
}

/** A person with a browser of their own on the playground, whose console is watched. */
export class Visitor {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #problems: string[] = [];
  #expected: RegExp | null = null;

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.#context = context;
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error') this.#report(message.text());
    });
    page.on('pageerror', (error) => this.#report(`uncaught: ${error.message}`));
    page.on('request', (request) => {
      const { protocol, origin: target } = new URL(request.url());
      if (protocol.startsWith('http') && target !== origin) this.#report(`asked elsewhere: ${request.url()}`);
    });
  }

  static async arrive({
    browser,
    url,
    colorScheme = 'light',
    locale = 'en-GB',
  }: VisitOptions): Promise<Visitor> {
    const context = await browser.newContext({
      baseURL: url,
      colorScheme,
      viewport: { width: 1280, height: 900 },
      locale,
    });
    context.setDefaultTimeout(30_000);
    return new Visitor(context, await context.newPage(), new URL(url).origin);
  }

  /** While this runs, failed connections are what the console should show. */
  async whileServerIsDown(run: () => Promise<void>): Promise<void> {
    await this.expecting(/ERR_CONNECTION_(REFUSED|RESET)|ERR_EMPTY_RESPONSE|WebSocket connection to/, run);
  }

  /** While this runs, the console may show errors like this. */
  async expecting(error: RegExp, run: () => Promise<void>): Promise<void> {
    this.#expected = error;
    await run();
    this.#expected = null;
  }

  /** Leaves, and fails if the console had an error or anything was asked of another host. */
  async leave(): Promise<void> {
    await this.#context.close();
    expect(this.#problems).toEqual([]);
  }

  /** Leaves after a failure; what the console had to say is printed, since it may be the cause. */
  async abandon(): Promise<void> {
    await this.#context.close();
    if (this.#problems.length > 0) console.error(`The console had:\n${this.#problems.join('\n')}`);
  }

  /** Keeps a picture of the page in `e2e/failures`. */
  async photograph(name: string): Promise<void> {
    const folder = join(import.meta.dirname, '../failures');
    await mkdir(folder, { recursive: true });
    const file = `${name.replaceAll(/[^\w]+/g, '-').slice(0, 100)}.png`;
    await this.page.screenshot({ path: join(folder, file) }).catch(() => undefined);
  }

  /** Chooses a development user. */
  async become(name: string): Promise<void> {
    await this.page.getByTestId('user-menu').click();
    await this.page.getByRole('menuitem', { name: new RegExp(`^${name}`) }).click();
    await this.page.getByTestId('user-menu').getByText(name).waitFor();
  }

  /** Marks the page, to tell later whether it was loaded again. */
  async mark(): Promise<void> {
    await this.page.evaluate(() => Object.assign(window, { notReloaded: true }));
  }

  /** Whether the page is still the one that was marked. */
  async isMarked(): Promise<boolean> {
    return this.page.evaluate(() => 'notReloaded' in window);
  }

  /** Opens the dialog for a new batch. */
  async openNewBatch(): Promise<void> {
    await this.page.goto('/');
    await this.page.getByRole('button', { name: 'New batch', exact: true }).click();
    await this.page.getByRole('dialog').getByRole('tab', { name: 'Samples' }).waitFor();
  }

  /** Creates a batch of pictures by their addresses and waits for its page. */
  async createFromUrls(urls: readonly string[]): Promise<void> {
    await this.openNewBatch();
    await this.page.getByRole('tab', { name: 'URLs' }).click();
    await this.page.getByLabel('Addresses of pictures').fill(urls.join('\n'));
    await this.page.getByRole('button', { name: /^Add (\d+ )?URL/ }).click();
    await this.create();
  }

  /** Sends the dialog off and waits for the page of the new batch. */
  async create(): Promise<void> {
    await this.page.getByRole('button', { name: 'Create batch' }).click();
    await this.page.waitForURL('**/batches/*');
    await this.page.locator('.item-card').first().waitFor();
  }

  /** How many cards of the grid have this status. */
  async cards(status: string): Promise<number> {
    return this.page.locator(`.item-card[data-status=${status}]`).count();
  }

  async batchStatus(): Promise<string | null> {
    return this.page.getByTestId('batch-status').locator('[data-status]').getAttribute('data-status');
  }

  async balance(): Promise<number> {
    return Number((await this.page.getByTestId('balance').textContent())?.replaceAll(/\D/g, ''));
  }

  #report(problem: string): void {
    if (this.#expected?.test(problem) !== true) this.#problems.push(problem);
  }
}
