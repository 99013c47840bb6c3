import type { RedactionMode } from '@borescope/redaction';
import { type AccessPolicy, environmentsToApprove } from './policy.ts';

/**
 * A policy in sentences for who is about to set it. `environments`: of the runtimes that are attached; how many of them placing
 * would need an approval for is `toApprove`. Pure.
 */
export function explainPolicy(
  policy: AccessPolicy,
  environments: readonly (string | undefined)[],
): { effects: string[]; toApprove: number } {
  const named = environmentsToApprove(policy, environments);
  const effects = [
    ...approval(policy),
    ...blocked(policy),
    ...kinds(policy),
    ...limits(policy),
    ...redaction(policy),
    ...readOnly(policy),
  ];
  return {
    effects: effects.length === 0 ? ['Nothing is restricted beyond the limits of the product.'] : effects,
    toApprove: environments.filter((environment) => named.includes(environment)).length,
  };
}

function approval({ approval: rule }: AccessPolicy): string[] {
  if (rule === undefined) return [];
  const { environments, by, expires_minutes: minutes } = rule;
  const where = environments.includes('*') ? 'every environment' : environments.map(quoted).join(', ');
  const who = by === 'admin' ? 'an admin who is not the one that asks' : 'a person who may place probes';
  return [`Placing a probe in ${where} needs the approval of ${who}; a request stands for ${minutes} minutes.`];
}

function blocked({ blocked: rules }: AccessPolicy): string[] {
  return Object.entries(rules ?? {}).flatMap(([what, names]) =>
    names.length === 0 ? [] : [`Never inspected are ${what}: ${names.map(quoted).join(', ')}.`],
  );
}

function kinds({ kinds: least }: AccessPolicy): string[] {
  return Object.entries(least ?? {}).flatMap(([kind, role]) => {
    if (role === undefined) return [];
    return [role === 'nobody' ? `Nobody may use ${kind}.` : `${kind} needs at least the role ${role}.`];
  });
}

function limits({ limits: most }: AccessPolicy): string[] {
  return Object.entries(most ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} is at most ${value}.`],
  );
}

function redaction({ redaction: rules }: AccessPolicy): string[] {
  if (rules === undefined) return [];
  const { mode, environments, names, literals, patterns, exceptions } = rules;
  return [
    ...(mode === 'strict' ? ['Every value is hidden: only types, length classes and the structure are told.'] : []),
    ...environments.map(({ environment, mode: there, reason }) => MODES[there](quoted(environment), reason ?? '')),
    ...(names.length === 0 ? [] : [`Hidden are also values under ${names.map(quoted).join(', ')}.`]),
    // They may be secrets themselves.
    ...(literals.length === 0 ? [] : [`Hidden: ${textsOf(literals)} of your own, also within words and numbers.`]),
    ...patterns.map(({ name, pattern }) => `The broker hides what ${quoted(pattern)} finds, as policy-${name}.`),
    ...(exceptions.names.length === 0 ? [] : [`Shown are values under ${exceptions.names.map(quoted).join(', ')}.`]),
    ...(exceptions.values.length === 0 ? [] : [`Shown: ${textsOf(exceptions.values)} that a rule would hide.`]),
    ...(exceptions.kinds.length === 0 ? [] : [`Shown is what is of the kind ${exceptions.kinds.join(', ')}.`]),
  ];
}

function textsOf(texts: readonly string[]): string {
  return texts.length === 1 ? '1 text' : `${texts.length} texts`;
}

const MODES: Readonly<Record<RedactionMode, (environment: string, reason: string) => string>> = {
  standard: (environment) => `In ${environment} the built-in rules hold.`,
  strict: (environment) => `In ${environment} every value is hidden.`,
  off: (environment, reason) => `In ${environment} NOTHING is hidden: ${reason}`,
};

function readOnly({ read_only: on }: AccessPolicy): string[] {
  return on === true ? ['No probe can be placed, and every live probe is removed within a second.'] : [];
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
