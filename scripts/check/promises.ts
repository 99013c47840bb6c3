/** Fails where a promise has no test, a test cites none that exists, or a promise's page is not there. */
import { existsSync, readFileSync } from 'node:fs';
import { PROMISES } from '../../tests/promises.ts';
import { citationsOf } from './promise-citations.ts';
import { pathOf, testFiles } from './source-files.ts';

const wrong: string[] = [];
const proven = new Set<string>();
for (const file of testFiles()) {
  const citations = citationsOf(file, readFileSync(pathOf(file), 'utf8'));
  wrong.push(...citations.void);
  for (const id of citations.cited) {
    proven.add(id);
    if (!Object.hasOwn(PROMISES, id)) wrong.push(`${file}: cites "${id}", which tests/promises.ts does not have`);
  }
}
for (const [id, { sentence }] of Object.entries(PROMISES)) {
  if (!proven.has(id)) wrong.push(`no test proves ${id}: ${sentence}`);
}
for (const source of new Set(Object.values(PROMISES).map((promised) => promised.source))) {
  if (!existsSync(pathOf(source))) wrong.push(`${source}, a source of promises, is not there`);
}
for (const line of wrong) console.error(line);
if (wrong.length > 0) process.exitCode = 1;
