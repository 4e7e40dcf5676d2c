import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Axe {
  run: (
    options: object,
  ) => Promise<{ violations: { id: string; nodes: { target: unknown; html: string }[] }[] }>;
}

/** What a reader with a screen reader, a keyboard or weak eyes would stumble over. */
export async function obstacles(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: Axe }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
    }),
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** For so many frames nothing moves: what has just been opened begins to a frame or two later. */
const FRAMES = 10;

/** Waits for what moves, since contrast counts once it has come to rest. */
export async function rested(page: Page): Promise<string[]> {
  await page.evaluate(() => ((window as { stillFor?: number }).stillFor = 0));
  await page.waitForFunction((frames) => {
    const seen = window as { stillFor?: number };
    const rests = document.getAnimations().every(({ playState }) => playState === 'finished');
    seen.stillFor = rests ? (seen.stillFor ?? 0) + 1 : 0;
    return seen.stillFor >= frames;
  }, FRAMES);
  return obstacles(page);
}
