import { LIMITS, type Policy } from '@borescope/agent-protocol';
import { createRedactor, type RedactionMode, SPARABLE_KINDS } from '@borescope/redaction';
import { z } from 'zod';
import { compilePattern } from './compile-pattern.ts';

const name = z.string().min(1).max(LIMITS.policyNameLength).refine(isTrimmed, 'must not begin or end with white space');
const names = z.array(name).max(LIMITS.policyNames).default([]);
const literal = z.string().min(LIMITS.policyLiteralMinLength).max(LIMITS.policyLiteralLength);
const literals = z.array(literal).max(LIMITS.policyLiterals).default([]);

const environment = z
  .strictObject({
    environment: z
      .string()
      .min(1)
      .max(256)
      .refine(
        (told) => told !== '*',
        'must be one environment; what holds for all others is `mode` beside `environments`',
      ),
    mode: z.enum(['standard', 'strict', 'off']),
    reason: z
      .string()
      .min(1)
      .max(500)
      .refine(isSaid, 'says nothing')
      .optional()
      .describe('Why nothing is hidden there; needed for off.'),
  })
  .refine(({ mode, reason }) => mode !== 'off' || reason !== undefined, {
    path: ['reason'],
    message: 'is needed to switch the redaction off: it is what the audit tells',
  });

/** `policy-name` and `policy-literal` are taken. */
const OWN_KINDS: ReadonlySet<string> = new Set(['name', 'literal']);

const pattern = z
  .strictObject({
    name: z
      .string()
      .max(40)
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'must be words of small letters and digits, joined by hyphens')
      .refine((given) => !OWN_KINDS.has(given), 'is what a name or a text of the organization is called')
      .describe('What is found is shown as [redacted:policy-NAME].'),
    pattern: z.string().min(1).max(LIMITS.policyPatternLength).describe('In the syntax of RE2; (?i) for any case.'),
    sample: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('A text in which it must find something, or the policy is refused.'),
  })
  .superRefine((rule, context) => {
    const compiled = compilePattern(rule.pattern);
    if (!compiled.ok) {
      context.addIssue({
        code: 'custom',
        path: ['pattern'],
        message: `${JSON.stringify(rule.pattern)}: ${compiled.fault}`,
      });
    } else if (rule.sample !== undefined && !compiled.pattern.test(rule.sample)) {
      context.addIssue({ code: 'custom', path: ['sample'], message: 'the pattern finds nothing in it' });
    }
  });

/** What an organization says of redaction, in its policy. */
export const redactionPolicySchema = z
  .strictObject({
    mode: z
      .enum(['standard', 'strict'])
      .default('standard')
      .describe('strict: every value is hidden, and only types, length classes and the structure are told.'),
    environments: z
      .array(environment)
      .max(100)
      .default([])
      .describe('Environments with another mode; off hides nothing there, and needs a reason.'),
    names: names.describe('Key names that hide their values, whatever their case and separators.'),
    literals: literals.describe('Texts that are hidden wherever they stand, exactly so written.'),
    patterns: z
      .array(pattern)
      .max(LIMITS.policyPatterns)
      .default([])
      .describe('RE2 patterns: the broker hides what they find. Agents do not know them.'),
    exceptions: z
      .strictObject({
        names: names.describe('Whole key names that hide nothing, though a built-in rule says so.'),
        values: literals.describe(
          'Texts that are shown though a built-in rule finds them, such as an address of support.',
        ),
        kinds: z.array(z.enum(SPARABLE_KINDS)).max(SPARABLE_KINDS.length).default([]).describe('Kinds that are shown.'),
      })
      .prefault({})
      .describe('What is shown although a built-in rule would hide it.'),
  })
  .superRefine((rules, context) => {
    const { environments, patterns } = rules;
    for (const [index, told] of secondTimes(environments.map((one) => one.environment))) {
      const message = `${JSON.stringify(told)} stands twice`;
      context.addIssue({ code: 'custom', path: ['environments', index], message });
    }
    for (const [index, told] of secondTimes(patterns.map((one) => one.name))) {
      context.addIssue({ code: 'custom', path: ['patterns', index, 'name'], message: `${told} stands twice` });
    }
    const own = createRedactor({ keyNames: rules.names });
    for (const [index, told] of rules.exceptions.names.entries()) {
      if (own.name(told) !== 'policy-name') continue;
      const message = `${JSON.stringify(told)} is also among the names that hide: take it out of one`;
      context.addIssue({ code: 'custom', path: ['exceptions', 'names', index], message });
    }
    const bytes = bytesForAgents(rules);
    if (bytes > LIMITS.policyRedactionBytes) {
      const message = `names, literals and exceptions together have ${bytes} bytes, and ${LIMITS.policyRedactionBytes} are allowed`;
      context.addIssue({ code: 'custom', message });
    }
  });

export type RedactionPolicy = z.infer<typeof redactionPolicySchema>;

/** The mode in which runtimes of this environment are looked into; `undefined` is one where none is told. */
export function modeIn(rules: RedactionPolicy | undefined, told: string | undefined): RedactionMode {
  if (rules === undefined) return 'standard';
  return rules.environments.find((one) => one.environment === told)?.mode ?? rules.mode;
}

/** What is gone by where runtimes are looked into. */
export function rulesFor(rules: RedactionPolicy | undefined) {
  return {
    redaction: agentRules(rules),
    patterns: rules?.patterns ?? [],
    modeIn: (environment: string | undefined) => modeIn(rules, environment),
  };
}

/** The rules that agents are told, whatever the mode; what is empty is left out. */
export function agentRules(rules: RedactionPolicy | undefined): Pick<Policy, 'keyNames' | 'literals' | 'exceptions'> {
  const { names: keyNames = [], literals: texts = [], exceptions } = rules ?? {};
  return {
    keyNames,
    ...(texts.length > 0 && { literals: texts }),
    ...(exceptions !== undefined && Object.values(exceptions).some(({ length }) => length > 0) && { exceptions }),
  };
}

/** With `[hidden]` for each text: it may be a secret, and so may a sample. */
export function withoutLiterals(rules: RedactionPolicy): RedactionPolicy {
  const hidden = (texts: readonly string[]) => texts.map(() => '[hidden]');
  return {
    ...rules,
    literals: hidden(rules.literals),
    patterns: rules.patterns.map(({ sample: _sample, ...rule }) => rule),
    exceptions: { ...rules.exceptions, values: hidden(rules.exceptions.values) },
  };
}

/** For a look at a sample by who is not told the texts: a list of guesses would bring them out. */
export function forgettingTexts(rules: RedactionPolicy | undefined): RedactionPolicy | undefined {
  return rules && { ...rules, literals: [], exceptions: { ...rules.exceptions, values: [] } };
}

function bytesForAgents({
  names: own,
  literals: texts,
  exceptions,
}: Pick<RedactionPolicy, 'names' | 'literals' | 'exceptions'>): number {
  return Buffer.byteLength([...own, ...texts, ...exceptions.names, ...exceptions.values].join(''));
}

/** What stands there already further ahead, with its index. */
function secondTimes(names: readonly string[]): [index: number, name: string][] {
  return [...names.entries()].filter(([index, told]) => names.indexOf(told) < index);
}

/** White space would stand in the audit as the reason. */
function isSaid(text: string): boolean {
  return text.trim() !== '';
}

function isTrimmed(text: string): boolean {
  return text.trim() === text;
}
