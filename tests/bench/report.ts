import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** One line of the table. `met` says whether the target is reached; a target that is not is written down as such. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly ratio?: string;
  readonly target?: string;
  readonly met?: boolean;
  /** Why a target is missed, where it is. */
  readonly why?: string;
}

export function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['what', 'measured', 'ratio', 'target', 'reached']),
    line(['---', '---', '---', '---', '---']),
    ...rows.map(({ what, measured, ratio = '', target = '', met }) =>
      line([what, measured, ratio, target, met === undefined ? '' : met ? 'yes' : '**no**']),
    ),
  ].join('\n');
}

function missed(rows: readonly Row[]): string[] {
  const lines = rows.flatMap(({ what, met, why }) =>
    met === false ? `- **${what}**: ${why ?? 'not known yet.'}` : [],
  );
  return lines.length === 0 ? [] : ['', 'Not reached, and why:', '', ...lines];
}

export function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.version} (V8 ${process.versions.v8})`;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Writes these sections anew and leaves the others as they are: each says when and on what it was measured. */
export function writeReport(file: URL, sections: readonly Section[], date: string): void {
  const written = new Map(
    readFileSync(file, 'utf8')
      .split(/^(?=## )/m)
      .slice(1)
      .map((text) => [titleOf(text), text]),
  );
  for (const { title, rows } of sections) {
    const measured = `Measured ${date}, commit ${commit()}, on ${machine()}.`;
    written.set(title, [`## ${title}`, '', measured, '', table(rows), ...missed(rows), '', ''].join('\n'));
  }
  writeFileSync(file, `${HEAD}${[...written.values()].join('').trimEnd()}\n`);
}

const HEAD = `# Benchmarks

Written by \`npm run bench\`. Machines differ and this one is shared: trust the ratios, each taken within one run, more than the times.

`;

function titleOf(text: string): string {
  return text.slice('## '.length, text.indexOf('\n'));
}
