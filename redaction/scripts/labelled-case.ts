import { readFileSync } from 'node:fs';

/** One labelled text: what must not survive in it, or that it is harmless. */
export interface LabelledCase {
  readonly id: string;
  readonly entity: string;
  /** How much is needed to know it: `core`, `token`, `key-context`, `national-id`, `hard-negative`... */
  readonly tier: string;
  /** Whether the text is somebody's own or was generated from a pattern. */
  readonly origin: string;
  /** `detect`: find it in text; `validate`: is this a valid one of its kind. */
  readonly kind: string;
  readonly text: string;
  readonly values: readonly string[];
  readonly key: string | undefined;
  readonly shouldMatch: boolean;
}

export function readCases(path: string): LabelledCase[] {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(parsed)) throw new Error('the file of cases must be a JSON array');
  return parsed.map((entry: unknown) => toCase(entry));
}

function toCase(entry: unknown): LabelledCase {
  if (typeof entry !== 'object' || entry === null) throw new Error('a case must be an object');
  const fields = new Map<string, unknown>(Object.entries(entry));
  const text = (name: string): string => {
    const value = fields.get(name);
    if (typeof value !== 'string') throw new Error(`a case without ${name}`);
    return value;
  };
  const values = fields.get('values');
  const key = fields.get('key');
  return {
    id: text('id'),
    entity: text('entity'),
    tier: text('tier'),
    origin: text('origin'),
    kind: text('kind'),
    text: text('text'),
    values: Array.isArray(values) ? values.filter((value) => typeof value === 'string' && value !== '') : [],
    key: typeof key === 'string' ? key : undefined,
    shouldMatch: fields.get('should_match') === true,
  };
}
