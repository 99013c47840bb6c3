import { z } from 'zod';
import { readCases } from '../../../redaction/scripts/labelled-case.ts';
import { type Candidate, ownCandidate, score } from '../../../redaction/scripts/score-cases.ts';
import type { Row } from '../report.ts';
import { median } from '../statistics.ts';
import { gitleaks } from './gitleaks.ts';
import { inTurn, MIB, quarters, readAll, timesOf } from './in-turn.ts';
import type { TemporaryPackages } from './temporary-packages.ts';
import { type Texts, textsOfHits } from './texts.ts';
import { MIXED } from './throughput.ts';

/** Few, because the slowest takes most of a second for them. */
const BYTES = 64 * 1024;
const ROUNDS = 9;
const WARM_UP_MS = 1_000;
/** A contender goes over the texts as often in a round as takes it so long, at least once. */
const ROUND_MS = 20;
const LONG_TEXT = 16 * 1024;

interface Peer {
  readonly name: string;
  readonly candidate: Candidate;
}

const redactPii = z.object({
  SyncRedactor: z.custom<new () => { redact(text: string): string }>((value) => typeof value === 'function'),
});
const openRedaction = z.object({
  OpenRedaction: z.custom<new () => { detect(text: string): Promise<{ redacted: string }> }>(
    (value) => typeof value === 'function',
  ),
});

/** The redactor beside others, on the same texts in the same run: their defaults, loaded from `packages`. */
export async function peers(packages: TemporaryPackages | undefined, log: (line: string) => void): Promise<Row[]> {
  const all: Peer[] = [{ name: 'Borescope', candidate: ownCandidate() }];
  if (packages === undefined) log('without peers: npm could not install them');
  else all.push(...installed(packages, log));
  const rows = packages === undefined ? [{ what: 'peers', measured: 'not measured: npm could not install them' }] : [];
  const mixed = textsOfHits(8, MIXED, BYTES);
  return [
    ...rows,
    ...(await speeds('texts of hits, one by one', mixed, all, log)),
    ...(await speeds(`texts of hits, joined to ${LONG_TEXT / 1024} KiB`, joined(mixed), all, log)),
    ...(await labelled(all, log)),
  ];
}

function installed(packages: TemporaryPackages, log: (line: string) => void): Peer[] {
  const { SyncRedactor } = redactPii.parse(packages.require('redact-pii'));
  const pii = new SyncRedactor();
  const { OpenRedaction } = openRedaction.parse(packages.require('@openredaction/core'));
  const open = new OpenRedaction();
  const leaks = gitleaks(packages);
  log(`${leaks.rules} rules of gitleaks; ${leaks.leftOut} left out`);
  const names = `${leaks.rules} of ${leaks.rules + leaks.leftOut} rules`;
  // None of them looks at names of values.
  const hides = () => false;
  const kinds = undefined;
  return [
    { name: 'redact-pii', candidate: { redact: (text) => ({ text: pii.redact(text), kinds }), hides } },
    {
      name: '@openredaction/core',
      candidate: { redact: async (text) => ({ text: (await open.detect(text)).redacted, kinds }), hides },
    },
    {
      name: `rules of gitleaks as JavaScript (${names})`,
      candidate: { redact: (text) => ({ text: leaks.redact(text), kinds }), hides },
    },
  ];
}

async function speeds(
  of: string,
  { texts, bytes }: Texts,
  all: readonly Peer[],
  log: (line: string) => void,
): Promise<Row[]> {
  const passes = all.map(({ candidate }) => async () => {
    for (const text of texts) {
      const outcome = candidate.redact(text);
      if (outcome instanceof Promise) await outcome;
    }
  });
  const contenders = [() => readAll(texts), ...passes];
  const counts: number[] = [];
  for (const contender of contenders) counts.push(await passesOfRound(contender));
  const rounds = await inTurn(
    contenders.map((contender, index) => async () => {
      for (let pass = counts[index] ?? 1; pass > 0; pass--) await contender();
    }),
    ROUNDS,
  );
  const [reference = [], ...figures] = rounds.map((own, index) => own.map((ms) => ms / (counts[index] ?? 1)));
  return all.map(({ name }, index) => {
    const own = figures[index] ?? [];
    const rates = own.map((ms) => bytes / MIB / (ms / 1000));
    const told = (rate: number) => rate.toPrecision(2);
    log(`${of}: ${name}: ${told(median(rates))} MiB/s`);
    const times = timesOf(own, figures[0] ?? []);
    const beside = index === 0 ? '' : `, ${times.toFixed(times < 10 ? 1 : 0)} times Borescope's`;
    return {
      what: `beside others, ${of}: ${name}`,
      measured: `${told(median(rates))} MiB/s, ${quarters(rates, told)}`,
      ratio: `${timesOf(own, reference).toFixed(0)} times the time of the reference${beside}`,
    };
  });
}

/** Runs it until V8 has had time to optimize it, and says how many passes make up a round. */
async function passesOfRound(contender: () => unknown): Promise<number> {
  const until = performance.now() + WARM_UP_MS;
  let fastest = Number.POSITIVE_INFINITY;
  do {
    const begun = performance.now();
    await contender();
    fastest = Math.min(fastest, performance.now() - begun);
  } while (performance.now() < until);
  return Math.max(1, Math.round(ROUND_MS / fastest));
}

function joined({ texts, bytes }: Texts): Texts {
  const long: string[] = [];
  let text = '';
  for (const one of texts) {
    text += `${one}\n`;
    if (text.length < LONG_TEXT) continue;
    long.push(text);
    text = '';
  }
  return { texts: [...long, text], bytes: bytes + texts.length };
}

/**
 * On the cases that BORESCOPE_REDACTION_CASES names: what is somebody's own text, not generated from a pattern. Our rules
 * were made with such cases at hand, and those of the others were not: that is told with the figure.
 */
async function labelled(all: readonly Peer[], log: (line: string) => void): Promise<Row[]> {
  const path = process.env['BORESCOPE_REDACTION_CASES'];
  if (path === undefined) {
    log('BORESCOPE_REDACTION_CASES names no labelled cases: no recall');
    return [];
  }
  const cases = readCases(path);
  const rows: Row[] = [];
  for (const [index, { name, candidate }] of all.entries()) {
    const { recall, falseAlarms } = await score(cases, false, candidate);
    const literal = (label: string, tier: string) => share(label, recall.get(`${tier} / literal / text`));
    const measured = [
      literal('core', 'core'),
      literal('tokens', 'token'),
      literal('what a name tells', 'key-context'),
      literal('numbers of persons', 'national-id'),
    ].join(', ');
    log(`labelled cases: ${name}: ${measured}`);
    rows.push({
      what: `recall on labelled cases, as plain text: ${name}${index === 0 ? ', whose rules were made with such cases at hand' : ''}`,
      measured,
      ratio: share('harmless changed', falseAlarms.get('hard-negative / literal')),
    });
  }
  return rows;
}

function share(label: string, row: { hits: number; of: number } | undefined): string {
  return row === undefined ? `${label}: none` : `${label} ${((100 * row.hits) / row.of).toFixed(1)} % of ${row.of}`;
}
