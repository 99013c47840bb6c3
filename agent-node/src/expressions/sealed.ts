import { isProxy } from '../capture/primordials.ts';
import { type Context, fail } from './context.ts';

/** What is not looked into: a Proxy, whose traps would run, and what a policy blocks. */
export function refuseSealed(context: Context, object: object, at: number): void {
  if (isProxy(object)) fail(context, at, 'a Proxy is not looked into');
  refuseBlocked(context, object, at);
}

/** Asked where a part of an object is read; a method was read of its receiver before it is called. */
export function refuseBlocked(context: Context, object: object, at: number): void {
  if (context.blocked?.(object)) fail(context, at, 'an object of a class that a policy blocks is not looked into');
}
