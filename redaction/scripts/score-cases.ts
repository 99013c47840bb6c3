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
  ['IBAN', ['iban']],
  ['PHONE', ['phone']],
  ['CRYPTO_WALLET', ['crypto-wallet']],
  ['US_SSN', ['us-ssn']],
  ['KEYWORD_ASSIGNMENT', ['secret-name', 'code-name', 'payment-name', 'personal-name']],
]);

const NUMBERS: readonly string[] = ['national-id', 'us-ssn', 'npi', 'bank-routing', 'imei'];

/** Names that programs give to these, for cases that have no key of their own. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['PHONE', 'phone'],
  ['CRYPTO_WALLET', 'wallet'],
  ['ID:ABA_ROUTING_NUMBER', 'aba'],
  ['ID:AU_ABN', 'abn'],
  ['ID:AU_ACN', 'acn'],
  ['ID:AU_MEDICARE', 'medicareNumber'],
  ['ID:AU_TFN', 'tfn'],
  ['ID:CA_SIN', 'sin'],
  ['ID:DE_ID_CARD', 'personalausweis'],
  ['ID:DE_LANR', 'lanr'],
  ['ID:DE_PASSPORT', 'reisepass'],
  ['ID:DE_SOCIAL_SECURITY', 'rentenversicherungsnummer'],
  ['ID:DE_HEALTH_INSURANCE', 'krankenversichertennummer'],
  ['ID:DE_TAX_ID', 'steuerId'],
  ['ID:DE_TAX_NUMBER', 'steuernummer'],
  ['ID:DE_VAT_ID', 'vatId'],
  ['ID:FI_PERSONAL_IDENTITY_CODE', 'hetu'],
  ['ID:IDENTITY_CARD', 'identityNumber'],
  ['ID:IMEI', 'imei'],
  ['ID:IN_AADHAAR', 'aadhaar'],
  ['ID:IN_PAN', 'pan'],
  ['ID:IN_GSTIN', 'gstin'],
  ['ID:IT_FISCAL_CODE', 'codiceFiscale'],
  ['ID:IT_VAT_CODE', 'partitaIva'],
  ['ID:KR_RRN', 'rrn'],
  ['ID:KR_FRN', 'frn'],
  ['ID:PASSPORT_NUMBER', 'passport'],
  ['ID:PL_PESEL', 'pesel'],
  ['ID:SE_PERSONNUMMER', 'personnummer'],
  ['ID:SE_ORGANISATIONSNUMMER', 'organisationsnummer'],
  ['ID:SG_NRIC_FIN', 'nric'],
  ['ID:TAX_ID', 'taxNumber'],
  ['ID:TH_TNIN', 'citizenId'],
  ['ID:TR_NATIONAL_ID', 'tcKimlik'],
  ['ID:UK_NHS', 'nhsNumber'],
  ['ID:UK_NINO', 'nino'],
  ['ID:US_ITIN', 'itin'],
  ['ID:US_NPI', 'npi'],
  ['ID:VAT', 'vatNumber'],
  ['ID:ZA_ID_NUMBER', 'idNumber'],
]);

/** Kinds that may rightly be found beside what is no secret. */
const PERSONAL = ['email', 'payment-card', 'iban', 'phone', 'ip-address', 'private-ip-address', 'mac-address'];

/** What is scored: the redactor, or another that is measured beside it. */
export interface Candidate {
  /** How a text comes out. `kinds`: of what was found, undefined where the candidate does not tell them as the redactor does. */
  redact(text: string): Outcome | Promise<Outcome>;
  /** Whether this value under this name is hidden whole. */
  hides(name: string, value: string): boolean;
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
    hides(name, value) {
      if (redactor.name(name) !== undefined) return true;
      const telling = redactor.telling(name);
      return telling !== undefined && redactor.fits(telling, value) !== undefined;
    },
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
      const key = one.key ?? KEYS.get(one.entity);
      if (key !== undefined) {
        const keyed = candidate.hides(key, one.text) || plain;
        count(recall, `${name} / under its key`, keyed);
        if (!keyed) details.push(`miss ${one.id} ${one.entity} under ${key}: ${JSON.stringify(one.text.slice(0, 80))}`);
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
  const own = KINDS.get(entity) ?? (entity.startsWith('ID:') ? NUMBERS : undefined);
  if (own !== undefined) return own.includes(kind);
  return entity.startsWith('SECRET:') ? !PERSONAL.includes(kind) : kind === entity.toLowerCase();
}

function count(rows: Map<string, Row>, name: string, hit: boolean): void {
  const row = rows.get(name) ?? { hits: 0, of: 0 };
  row.of++;
  if (hit) row.hits++;
  rows.set(name, row);
}
