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
  const effects = [...approval(policy), ...blocked(policy), ...kinds(policy), ...limits(policy), ...readOnly(policy)];
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

function readOnly({ read_only: on }: AccessPolicy): string[] {
  return on === true ? ['No probe can be placed, and every live probe is removed within a second.'] : [];
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
