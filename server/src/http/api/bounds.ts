import type { ApiCaller } from './api-caller.ts';

interface Bounds {
  readonly services?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
}

/** Whether `inner` reaches nothing that `outer` does not reach. */
export function isWithin(outer: Bounds, inner: Bounds): boolean {
  return covers(outer.services, inner.services) && covers(outer.environments, inner.environments);
}

function covers(outer: readonly string[] | undefined, inner: readonly string[] | undefined): boolean {
  return outer === undefined || inner?.every((name) => outer.includes(name)) === true;
}

/** For a hint: what a token has to name that this caller makes. */
export function boundsText({ services, environments }: ApiCaller): string {
  return [
    ...(services === undefined ? [] : [`services of ${JSON.stringify(services)}`]),
    ...(environments === undefined ? [] : [`environments of ${JSON.stringify(environments)}`]),
  ].join(' and ');
}
