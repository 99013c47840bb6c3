import { LIMITS, type RuntimeDescription } from '@borescope/agent-protocol';
import type { Caller } from '../access/caller.ts';
import type { AttachedRuntime } from '../store/store.ts';
import type { Target } from './actions.ts';
import { BorescopeError } from './error.ts';

/** The token may see this runtime: it is not bound to other services or environments. */
export function maySee(
  caller: Pick<Caller, 'services' | 'environments'>,
  runtime: Pick<RuntimeDescription, 'service' | 'environment'>,
): boolean {
  const { services, environments } = caller;
  if (services !== undefined && !services.includes(runtime.service)) return false;
  return (
    environments === undefined || (runtime.environment !== undefined && environments.includes(runtime.environment))
  );
}

/** Throws RUNTIME_NOT_FOUND where nothing is given: that would be every runtime of the organization, by mistake. */
export function checkTarget({ service, environment, version, tags, ids }: Target): void {
  if (service !== undefined || environment !== undefined || version !== undefined || ids !== undefined) return;
  if (Object.keys(tags ?? {}).length > 0) return;
  throw new BorescopeError(
    'RUNTIME_NOT_FOUND',
    'no target is given',
    'Give at least one of service, environment, version, tags and ids; list_runtimes lists what is attached.',
  );
}

/** Throws LIMIT_EXCEEDED where so many match that one step could not hold them all. */
export function checkCount(found: number): void {
  if (found <= LIMITS.runtimesPerAction) return;
  throw new BorescopeError(
    'LIMIT_EXCEEDED',
    `${found} runtimes match, above the limit of ${LIMITS.runtimesPerAction} runtimes`,
    'Choose fewer by environment, version, tags or ids; list_runtimes shows them. A few runtimes of a service are mostly enough.',
  );
}

/** All that is given must match. `name` may hold `*`, and matches service, id or host, whatever the case. */
export function matches(runtime: RuntimeDescription, target: Target & { name?: string }): boolean {
  const { service, environment, version, tags, ids, name } = target;
  if (service !== undefined && runtime.service !== service) return false;
  if (environment !== undefined && runtime.environment !== environment) return false;
  if (version !== undefined && runtime.version !== version) return false;
  if (ids !== undefined && !ids.includes(runtime.id)) return false;
  for (const [key, value] of Object.entries(tags ?? {})) {
    if (!Object.hasOwn(runtime.tags, key) || runtime.tags[key] !== value) return false;
  }
  return name === undefined || [runtime.service, runtime.id, runtime.host].some((text) => isLike(text, name));
}

/** Linear: each part between two stars is looked for once, from where the part before it ended. */
function isLike(text: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.toLowerCase().split('*');
  const last = parts.pop();
  const subject = text.toLowerCase();
  if (last === undefined) return subject === first;
  if (!subject.startsWith(first)) return false;
  let from = first.length;
  for (const part of parts) {
    const found = subject.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return subject.length - from >= last.length && subject.endsWith(last);
}

/** Groups that a hint names. */
const MOST_GROUPS = 10;

/** RUNTIME_NOT_FOUND with what is attached, as far as the caller may see it. Names are quoted: agents choose them. */
export function notFound(visible: readonly AttachedRuntime[]): BorescopeError {
  const groups = new Map<string, number>();
  for (const { runtime } of visible) {
    const { service, version, environment } = runtime;
    const group = [
      `service ${JSON.stringify(service)}`,
      ...(version === undefined ? [] : [`version ${JSON.stringify(version)}`]),
      ...(environment === undefined ? [] : [`environment ${JSON.stringify(environment)}`]),
    ].join(' ');
    groups.set(group, (groups.get(group) ?? 0) + 1);
  }
  const named = [...groups].slice(0, MOST_GROUPS).map(([group, count]) => `${group} (${count})`);
  const more = groups.size > MOST_GROUPS ? ` and ${groups.size - MOST_GROUPS} more groups: call list_runtimes` : '';
  const hint =
    groups.size === 0
      ? 'No runtime is attached that this token may see. Start the application with the agent, or check its token and URL.'
      : `Attached now: ${named.join('; ')}${more}.`;
  return new BorescopeError('RUNTIME_NOT_FOUND', 'no attached runtime matches', hint);
}
