/**
 * Recall and false alarms of the redactor on a file of labelled cases, by tier, literal and generated cases apart.
 *
 *   npm run score -w @borescope/redaction -- CASES.json [--misses] [--entities]
 *
 * The file may also be named by BORESCOPE_REDACTION_CASES. It is a JSON array of cases as `labelled-case.ts` has them.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readCases } from './labelled-case.ts';
import { type Row, score } from './score-cases.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { misses: { type: 'boolean', default: false }, entities: { type: 'boolean', default: false } },
});
const given = positionals[0] ?? process.env['BORESCOPE_REDACTION_CASES'];
if (given === undefined || positionals.length > 1) {
  console.error('usage: npm run score -- CASES.json [--misses] [--entities] (or BORESCOPE_REDACTION_CASES)');
  process.exit(2);
}
// npm runs this in the package's folder; a relative path is meant from where the person stands.
const path = [given, resolve(process.env['INIT_CWD'] ?? '.', given)].find((candidate) => existsSync(candidate));
if (path === undefined) {
  console.error(`no such file: ${given}`);
  process.exit(2);
}

const result = await score(readCases(path), values.entities);
console.log('recall');
print(result.recall);
console.log('false alarms (negatives for their own entity; hard negatives that changed at all)');
print(result.falseAlarms);
if (values.misses) for (const line of result.details) console.log(line);

function print(rows: ReadonlyMap<string, Row>): void {
  for (const [name, row] of [...rows].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const percent = ((100 * row.hits) / row.of).toFixed(1);
    console.log(`  ${name.padEnd(72)} ${`${row.hits}/${row.of}`.padStart(9)} ${percent.padStart(6)} %`);
  }
}
