import { createRedactor } from '../src/index.ts';
import type { LabelledCase } from './labelled-case.ts';

export interface Row {
  hits: number;
  of: number;
}

export interface Score {
  /** By tier and origin; a case with a key counts once as plain text and once as the value under its key. */
  readonly recall: ReadonlyMap<string, Row>;
  readonly falseAlarms: ReadonlyMap<string, Row>;
  /** One line for each miss and each false alarm. */
  readonly details: readonly string[];
}

/** The kinds that say the same as an entity of the cases; another kind on a negative is no false alarm. */
const KINDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['EMAIL', ['email']],
  ['CREDIT_CARD', ['payment-card']],
  ['CRYPTO_WALLET', ['crypto-wallet']],
  ['IP', ['ip-address', 'private-ip-address']],
  ['MAC', ['mac-address']],
  ['JWT', ['jwt']],
  ['URL_CREDENTIALS', ['url-credentials']],
  ['PRIVATE_KEY', ['private-key']],
  ['KEYWORD_ASSIGNMENT', ['secret-name', 'code-name', 'payment-name', 'personal-name']],
]);

/** Kinds that may rightly be found beside what is no secret. */
const PERSONAL = ['email', 'payment-card', 'iban', 'phone', 'ip-address', 'private-ip-address', 'mac-address'];

/** What is scored: the redactor, or another that is measured beside it. */
export interface Candidate {
  /** How a text comes out. `kinds`: of what was found, undefined where the candidate does not tell them as the redactor does. */
  redact(text: string): Outcome | Promise<Outcome>;
  /** Whether a value under this name is hidden whole. */
  hides(name: string): boolean;
}

export interface Outcome {
  readonly text: string;
  readonly kinds: readonly string[] | undefined;
}

export function ownCandidate(): Candidate {
  const redactor = createRedactor({});
  return {
    redact(text) {
      const found = redactor.text(text);
      return { text: found?.text ?? text, kinds: found?.findings.map(({ kind }) => kind) ?? [] };
    },
    hides: (name) => redactor.name(name) !== undefined,
  };
}

/** Where a candidate tells no kinds, only hard negatives count as false alarms: the others are negatives of their own entity. */
export async function score(
  cases: readonly LabelledCase[],
  byEntity: boolean,
  candidate: Candidate = ownCandidate(),
): Promise<Score> {
  const recall = new Map<string, Row>();
  const falseAlarms = new Map<string, Row>();
  const details: string[] = [];

  for (const one of cases) {
    const origin = one.origin.startsWith('generated') ? 'generated' : 'literal';
    const name = `${one.tier} / ${origin}${byEntity ? ` / ${one.entity}` : ''}`;
    const { text: out, kinds } = await candidate.redact(one.text);
    if (one.shouldMatch) {
      const plain = one.values.length > 0 ? one.values.every((value) => !out.includes(value)) : out !== one.text;
      count(recall, `${name} / text`, plain);
      if (!plain) details.push(`miss ${one.id} ${one.entity}: ${JSON.stringify(one.text.slice(0, 160))}`);
      if (one.key !== undefined) {
        const keyed = candidate.hides(one.key) || plain;
        count(recall, `${name} / under its key`, keyed);
        if (!keyed)
          details.push(`miss ${one.id} ${one.entity} under ${one.key}: ${JSON.stringify(one.text.slice(0, 80))}`);
      }
      continue;
    }
    // A negative of a validator is no free text: only what is meant to be looked for in text counts here.
    if (one.kind === 'validate' && one.tier !== 'hard-negative') continue;
    if (one.tier.startsWith('out-of-scope')) continue;
    const isHard = one.tier === 'hard-negative';
    if (!isHard && kinds === undefined) continue;
    const alarmed = isHard ? out !== one.text : kinds?.some((kind) => isOwn(one.entity, kind)) === true;
    count(falseAlarms, name, alarmed);
    if (alarmed)
      details.push(
        `alarm ${one.id} ${one.entity}: ${JSON.stringify(one.text.slice(0, 160))} -> ${JSON.stringify(out.slice(0, 160))}`,
      );
  }
  return { recall, falseAlarms, details };
}

function isOwn(entity: string, kind: string): boolean {
  const own = KINDS.get(entity);
  if (own !== undefined) return own.includes(kind);
  return entity.startsWith('SECRET:') ? !PERSONAL.includes(kind) : kind === entity.toLowerCase();
}

function count(rows: Map<string, Row>, name: string, hit: boolean): void {
  const row = rows.get(name) ?? { hits: 0, of: 0 };
  row.of++;
  if (hit) row.hits++;
  rows.set(name, row);
}
