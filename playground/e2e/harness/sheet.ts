import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What spreadsheets are, to who asks. */
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Fills in the first worksheet of a spreadsheet, as somebody would: in every row with a task, these columns. */
export async function filledIn(file: string, answers: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'docket-sheet-'));
  try {
    const content = join(folder, 'content');
    await run('unzip', ['-q', file, '-d', content]);
    const worksheet = join(content, 'xl/worksheets/sheet1.xml');
    const shared = await readFile(join(content, 'xl/sharedStrings.xml'), 'utf8').catch(() => '');
    await writeFile(worksheet, fillIn(await readFile(worksheet, 'utf8'), stringsOf(shared), answers));
    const filled = join(folder, 'filled.xlsx');
    // What tells the parts' types comes first, as everywhere.
    for (const parts of [['[Content_Types].xml'], ['-r', '.']])
      await run('zip', ['-q', '-X', '-D', filled, ...parts], { cwd: content });
    return await readFile(filled);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A cell as the worksheet has it. */
interface Cell {
  column: string;
  attributes: string;
  inside: string;
}

const ROW = /<row\b([^>]*?)(?:\/>|>(.*?)<\/row>)/gs;
const CELL = /<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs;
const TEXT = /<t\b[^>]*?(?:\/>|>(.*?)<\/t>)/gs;

function stringsOf(shared: string): string[] {
  return [...shared.matchAll(/<si>(.*?)<\/si>/gs)].map(([, inside = '']) => textIn(inside));
}

function textIn(xml: string): string {
  return [...xml.matchAll(TEXT)].map(([, text = '']) => text).join('');
}

function cellsOf(row: string): Cell[] {
  return [...row.matchAll(CELL)].map(([, attributes = '', inside = '']) => ({
    column: /\br="([A-Z]+)\d+"/.exec(attributes)?.[1] ?? '',
    attributes,
    inside,
  }));
}

function read({ attributes, inside }: Cell, strings: readonly string[]): string {
  const type = /\bt="(\w+)"/.exec(attributes)?.[1];
  if (type === 'inlineStr') return textIn(inside);
  const value = /<v\b[^>]*>(.*?)<\/v>/s.exec(inside)?.[1] ?? '';
  return type === 's' ? (strings[Number(value)] ?? '') : value;
}

/** The place of a column: A is 1, AA is 27. */
function placeOf(column: string): number {
  return Array.from(column).reduce((place, letter) => place * 26 + letter.charCodeAt(0) - 64, 0);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The row's cells with another one in its place, or one more. */
function withText(cells: readonly Cell[], column: string, row: string, text: string): Cell[] {
  const before = cells.find((cell) => cell.column === column);
  const style = /\bs="\d+"/.exec(before?.attributes ?? '')?.[0] ?? '';
  const cell = {
    column,
    attributes: ` r="${column}${row}" ${style} t="inlineStr"`,
    inside: `<is><t>${escaped(text)}</t></is>`,
  };
  const others = cells.filter((one) => one !== before);
  return [...others, cell].sort((one, other) => placeOf(one.column) - placeOf(other.column));
}

function fillIn(
  worksheet: string,
  strings: readonly string[],
  answers: Readonly<Record<string, string>>,
): string {
  let columns: ReadonlyMap<string, string> | null = null;
  let filled = 0;
  const next = worksheet.replaceAll(ROW, (row: string, attributes: string, inside: string | undefined) => {
    const number = /\br="(\d+)"/.exec(attributes)?.[1] ?? '';
    const cells = cellsOf(inside ?? '');
    if (columns === null) {
      columns = new Map(cells.map((cell) => [read(cell, strings), cell.column]));
      return row;
    }
    const task = cells.find(({ column }) => column === columns?.get('task'));
    if (!task || read(task, strings) === '') return row;
    filled++;
    const all = Object.entries(answers).reduce((sofar, [name, text]) => {
      const column = columns?.get(name);
      if (column === undefined) throw new Error(`The sheet has no column ${name}.`);
      return withText(sofar, column, number, text);
    }, cells);
    const written = all.map((cell) => `<c${cell.attributes}>${cell.inside}</c>`).join('');
    return `<row${attributes}>${written}</row>`;
  });
  if (filled === 0) throw new Error('The sheet has no tasks.');
  return next;
}
