import { createRedactor, type Redactor } from '@borescope/redaction';
import { NO_RULES, redactorOf } from '../../../agent-node/src/application/redaction.ts';
import type { Row } from '../report.ts';
import { median } from '../statistics.ts';
import { inTurn, MIB, quarters, readAll, timesOf } from './in-turn.ts';
import { type Texts, textsOfHits } from './texts.ts';

/** Short rounds, so that most are not interrupted. */
const BYTES = MIB / 4;
const ROUNDS = 100;
const TARGET = 40;
const KEY = 'a pseudonym key of the benchmark';

/** How many of the texts of mixed data hold something to hide. */
export const MIXED = 1 / 100;

export async function throughput(log: (line: string) => void): Promise<Row[]> {
  const plain = createRedactor({});
  const linking = redactorOf({ ...NO_RULES, pseudonymKey: KEY });
  const mixed = textsOfHits(1, MIXED, BYTES);
  const harmless = textsOfHits(2, 0, BYTES);
  const full = textsOfHits(3, 1, BYTES);
  const measured: readonly { what: string; data: Texts; redactor: Redactor | undefined; target?: number }[] = [
    { what: 'the reference: `charCodeAt` of each character of the mixed data', data: mixed, redactor: undefined },
    { what: 'mixed data', data: mixed, redactor: plain, target: TARGET },
    { what: 'mixed data, with pseudonyms as the agent makes them', data: mixed, redactor: linking },
    { what: 'harmless data', data: harmless, redactor: plain },
    { what: 'data full of findings', data: full, redactor: plain },
    { what: 'data full of findings, with pseudonyms as the agent makes them', data: full, redactor: linking },
  ];
  const contenders = measured.map(({ data, redactor }) => () => {
    if (redactor === undefined) return readAll(data.texts);
    for (const text of data.texts) redactor.text(text);
    return undefined;
  });
  // Not counted: V8 optimizes meanwhile.
  await inTurn(contenders, 20);
  const figures = await inTurn(contenders, ROUNDS);
  const rate = ({ bytes }: Texts, ms: number) => bytes / MIB / (ms / 1000);
  return measured.map(({ what, data, redactor, target }, index) => {
    const rates = (figures[index] ?? []).map((ms) => rate(data, ms));
    const ratio = timesOf(
      rates,
      (figures[0] ?? []).map((ms) => rate(mixed, ms)),
    );
    const found = redactor === undefined ? undefined : data.texts.filter((text) => redactor.text(text) !== undefined);
    const holding =
      found === undefined ? '' : `; something found in ${percent(found.length / data.texts.length)} of the texts`;
    log(`${what}: ${median(rates).toFixed(0)} MiB/s`);
    return {
      what: `redaction of text, ${what}`,
      measured: `${median(rates).toFixed(0)} MiB/s, ${quarters(rates, (one) => one.toFixed(0))}${holding}`,
      ratio: redactor === undefined ? '100 %' : `${percent(ratio)} of the speed of the reference`,
      ...(target !== undefined && {
        target: `>= ${target} MiB/s`,
        met: median(rates) >= target,
        why: 'where it is near the target, what else runs decides: the processor time of the same code differed by a third between a quiet and a busy machine.',
      }),
    };
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
