import type { ExpressionTree } from '../expressions/tree.ts';
import type { NameInScope } from '../sources/scopes.ts';
import type { LiveAction } from './live-action.ts';

/**
 * A condition that names a private field which the code at its place does not declare is not compiled, and nothing is
 * captured; so they are named only where the code is known.
 */
export function withoutPrivateFields(names: readonly NameInScope[]): NameInScope[] {
  return names.filter(({ scope }) => scope !== 'private');
}

/** Names of the first of some places, and of its private fields those that all of them declare: one condition is set at all. */
export function namesOfAll(places: readonly { readonly names: readonly NameInScope[] }[]): NameInScope[] {
  const [first, ...others] = places;
  const isDeclared = ({ name }: NameInScope) =>
    others.every(({ names }) => names.some((other) => other.name === name && other.scope === 'private'));
  return (first?.names ?? []).filter((one) => one.scope !== 'private' || isDeclared(one));
}

/** Names that its condition and its expressions read. */
export function namesAsked(action: LiveAction): ReadonlySet<string> {
  return new Set(treesOf(action).flatMap(({ names }) => names));
}

export function asksPrivateFields(action: LiveAction): boolean {
  return treesOf(action).some(({ names }) => names.some((name) => name.startsWith('this.#')));
}

export function asksThis(action: LiveAction): boolean {
  return treesOf(action).some(({ usesThis }) => usesThis);
}

function treesOf({ condition, expressions }: LiveAction): ExpressionTree[] {
  return [...(condition === null ? [] : [condition]), ...expressions.map(({ tree }) => tree)];
}
