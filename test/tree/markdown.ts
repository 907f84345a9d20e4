import { existsSync } from 'node:fs';
import path from 'node:path';
import { filesIn, root, textOf } from './source.js';

/** The pages that users and contributors read. */
export const pages: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md'].filter((file) => existsSync(path.join(root, file))),
  ...filesIn('docs', '.md'),
];

/** A fenced block of code. */
export interface Sample {
  readonly file: string;
  /** Line of the fence. */
  readonly line: number;
  /** First word behind the fence: `ts`, `js`, `sh` ... */
  readonly language: string;
  /** The words behind it: `run`. */
  readonly marks: readonly string[];
  readonly code: string;
}

const FENCE = /^( {0,3})(`{3,}|~{3,})(.*)$/;

/** A page taken apart: its code blocks, and its text with these blanked out, line for line. */
export function takenApart(file: string, text = textOf(file)): { samples: Sample[]; prose: string } {
  const samples: Sample[] = [];
  const prose: string[] = [];
  let open: { fence: string; line: number; info: string; code: string[] } | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const [, , fence = '', info = ''] = FENCE.exec(line) ?? [];
    if (open === undefined && fence !== '') open = { fence, line: i + 1, info: info.trim(), code: [] };
    else if (open !== undefined && fence.startsWith(open.fence) && info.trim() === '') {
      const [language = '', ...marks] = open.info.split(/\s+/);
      samples.push({ file, line: open.line, language, marks, code: open.code.join('\n') });
      open = undefined;
    } else if (open !== undefined) open.code.push(line);
    prose.push(open === undefined && fence === '' ? line : '');
  }
  if (open !== undefined) throw new Error(`${file}:${open.line} opens a block of code that nothing closes`);
  return { samples, prose: prose.join('\n') };
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(file: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of takenApart(file).prose.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again++) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Where a page's links lead, without those in code. */
export function linksOf(file: string): { line: number; target: string }[] {
  const prose = takenApart(file).prose.replaceAll(/`[^`\n]*`/g, (code) => ' '.repeat(code.length));
  const inline = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
  const reference = /^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm;
  return [...prose.matchAll(inline), ...prose.matchAll(reference)].map((match) => ({
    line: prose.slice(0, match.index).split('\n').length,
    target: match[1] ?? '',
  }));
}

/** Texts in backticks. */
export function codeSpansOf(file: string): { line: number; text: string }[] {
  const { prose } = takenApart(file);
  return [...prose.matchAll(/(`+)([^`\n]|[^`\n].*?[^`\n])\1(?!`)/g)].map((match) => ({
    line: prose.slice(0, match.index).split('\n').length,
    text: match[2] ?? '',
  }));
}
