/**
 * `npm run bench`: every section, and `docs/benchmarks.md` is written anew. `npm run bench -- overhead broker`: only
 * those, printed; with `--write` they are written, too, and the others stay as they are. Nothing here is a test: a figure
 * that misses its target is written down, not failed.
 */
import { benchBroker } from './broker.ts';
import { benchLatency } from './latency.ts';
import { benchOverhead } from './overhead.ts';
import { benchRedaction } from './redaction.ts';
import { machine, type Row, table, writeReport } from './report.ts';
import { benchScale } from './scale.ts';

interface Measurement {
  readonly title: string;
  readonly run: (log: (line: string) => void) => Promise<Row[]>;
}

const SECTIONS: Readonly<Record<string, Measurement>> = {
  overhead: { title: 'What the agent takes from a server', run: benchOverhead },
  latency: { title: 'How fast a hit comes, and what arming costs', run: benchLatency },
  redaction: { title: 'What the redactor costs, and finds', run: benchRedaction },
  broker: { title: 'What the broker adds to a tool call', run: benchBroker },
  scale: { title: 'What many agents and many brokers cost', run: benchScale },
};

const WRITE = '--write';
const asked = process.argv.slice(2).filter((name) => name !== WRITE);
const isWritten = asked.length === 0 || process.argv.includes(WRITE);
const unknown = asked.filter((name) => SECTIONS[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(`No section ${unknown.join(', ')}; there are ${Object.keys(SECTIONS).join(', ')}.\n`);
  process.exit(2);
}

process.stdout.write(`${machine()}\n`);
const done: { title: string; rows: Row[] }[] = [];
for (const [name, { title, run }] of Object.entries(SECTIONS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`\n${title}\n`);
  const rows = await run((line) => process.stdout.write(`  ${line}\n`));
  process.stdout.write(`${table(rows)}\n`);
  done.push({ title, rows });
}
if (isWritten) {
  const file = new URL('../../docs/benchmarks.md', import.meta.url);
  writeReport(file, done, new Date().toISOString().slice(0, 10));
  process.stdout.write('\nwritten to docs/benchmarks.md\n');
}
