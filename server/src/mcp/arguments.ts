import type { z } from 'zod';
import { BorescopeError } from '../actions/error.ts';

type Issue = z.core.$ZodIssue;

/** Faults that one error tells: more than any tool has arguments. */
const MAX_TOLD = 20;

/** Where what is checked stands: in a call of a tool, or in a part of a request to the API. */
export type ArgumentsOf = 'tool' | 'query' | 'body';

/**
 * Arguments of a tool call against the tool's schema. Every bad one, of whatever kind, is LIMIT_EXCEEDED: the message
 * names all that are bad or missing and what each may be, so that an assistant can mend its call in one step. Values are
 * not repeated.
 */
export function parseArguments<Schema extends z.ZodObject>(
  schema: Schema,
  given: unknown,
  of: ArgumentsOf = 'tool',
): z.infer<Schema> {
  const parsed = schema.safeParse(given ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MAX_TOLD);
  const messages = issues.map((issue) => `${pathText(issue.path, of)}: ${wording(issue, of)}`);
  const hints = new Set(issues.map((issue) => hintFor(schema, issue, of)));
  throw new BorescopeError('LIMIT_EXCEEDED', messages.join('; '), [...hints].join(' '));
}

function hintFor(schema: z.ZodObject, issue: Issue, of: ArgumentsOf): string {
  if (issue.code !== 'unrecognized_keys' || issue.path.length > 0) return describe(schema, issue.path, of);
  const known = Object.keys(schema.shape);
  if (of === 'tool') return `The arguments of this tool are: ${known.join(', ')}.`;
  return known.length === 0 ? `The ${of} has to be empty.` : `The ${of} may have: ${known.join(', ')}.`;
}

function wording(issue: Issue, of: ArgumentsOf): string {
  switch (issue.code) {
    case 'too_big':
      return `above the limit of ${issue.maximum}${unit(issue.origin)}`;
    case 'too_small':
      return `below the limit of ${issue.minimum}${unit(issue.origin)}`;
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `must be ${article(issue.expected === 'int' ? 'whole number' : issue.expected)}`;
    case 'unrecognized_keys':
      return `unknown ${of === 'tool' ? 'argument' : 'field'}${issue.keys.length === 1 ? '' : 's'} ${issue.keys
        .slice(0, 5)
        .map((key) => JSON.stringify(key.slice(0, 64)))
        .join(', ')}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function article(noun: string): string {
  return /^[aeio]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function pathText(path: readonly PropertyKey[], of: ArgumentsOf): string {
  if (path.length === 0) return of === 'tool' ? 'arguments' : of;
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`))
    .join('');
}

/** The description of the argument that is wrong: it has the unit and the bounds. */
function describe(schema: z.ZodObject, path: readonly PropertyKey[], of: ArgumentsOf): string {
  const [name] = path;
  const field = typeof name === 'string' ? schema.shape[name] : undefined;
  const description = field === undefined ? undefined : descriptionOf(field);
  return description === undefined
    ? of === 'tool'
      ? 'Compare the arguments with the input schema of the tool.'
      : 'See /api/openapi.json for what may stand there.'
    : `${String(name)}: ${description}`;
}

function descriptionOf(field: z.core.$ZodType): string | undefined {
  return 'description' in field && typeof field.description === 'string' ? field.description : undefined;
}
