import type { MessagePort } from 'node:worker_threads';
import { LIMITS } from '@borescope/agent-protocol';
import { codeAt, uncurry } from '../capture/primordials.ts';
import type { CaptureBudget } from '../capture/request.ts';
import { createScope, type Scope } from '../expressions/scope.ts';
import { areArraysPlain } from './arrays.ts';
import { now, wallClock } from './clock.ts';
import type { FromApplication, HitMessage } from './messages.ts';
import { createPlaces, type Place } from './places.ts';
import type { Probe } from './probe.ts';
import { type Read, valuesByName, valuesOfScopes } from './scope-values.ts';
import { CONTROL, GATE, PLACE, PROBE, REQUEST, type SharedMemory } from './shared.ts';
import { captureStack } from './stack.ts';
import { createWarmUp } from './warm-up.ts';

/** What a condition calls. Always false: V8 goes on without a pause. */
export type Pass = (
  row: number,
  /** Of the names that `read` knows by index. A pass with an old one is let go: its replacement is on its way. */
  version: number,
  read: Read | null,
  scopes?: readonly object[],
  thisValue?: unknown,
) => false;

let current: Pass = () => false;

/** The one function that conditions reach; it outlives a detached agent, and then does nothing. */
export const entry: Pass = (row, version, read, scopes, thisValue) => current(row, version, read, scopes, thisValue);

export function direct(pass: Pass): void {
  current = pass;
}

/** The envelope of a hit and its stack come on top of what is captured. */
const ENVELOPE_BYTES = 16 * 1024;
// The time is for what nodes and bytes do not bound.
const BUDGET: CaptureBudget = { nodes: 4000, bytes: LIMITS.hitBytes - ENVELOPE_BYTES, microseconds: 50_000 };

// Taken now: the application may replace them later. The inspector is not imported: it costs the host's start some
// milliseconds, and is asked for only before a real pause.
const builtin = process.getBuiltinModule;
const load: (array: Int32Array, index: number) => number = Atomics.load;
const store: (array: Int32Array, index: number, value: number) => number = Atomics.store;

/**
 * The function that conditions call in the application's thread. It is called in the middle of the application's code:
 * it never throws, never waits, and calls nothing that the application could have replaced.
 */
export function createPass(memory: SharedMemory, port: MessagePort): Pass {
  const { control, probes: counts, places: spending, gate } = memory;
  const post = uncurry<(port: MessagePort, message: FromApplication) => void>(port.postMessage);
  const places = createPlaces(port);
  const warmUp = createWarmUp(places);
  let seen = 0;
  let inside = false;

  const pass: Pass = (row, version, read, scopes, thisValue) => {
    if (inside) return false;
    inside = true;
    try {
      const plain = areArraysPlain();
      store(control, CONTROL.altered, plain ? 0 : 1);
      if (!plain && row !== REQUEST.debugged) return false;
      const messages = load(control, CONTROL.messages);
      if (messages !== seen) {
        seen = messages;
        const from = now();
        places.read();
        gate[GATE.upkeepUs] = (gate[GATE.upkeepUs] ?? 0) + (now() - from);
      }
      if (row < 0) {
        answer(row);
        return false;
      }
      const place = places.at(row);
      if (place !== undefined && (read === null || place.message.version === version))
        passPlace(place, row, read, scopes, thisValue);
    } catch {
      // A stack that is nearly full, or memory that is: the application goes on, this pass is lost.
    } finally {
      inside = false;
    }
    return false;
  };

  function answer(request: number): void {
    if (request === REQUEST.debugged) store(control, CONTROL.debugged, portOf(builtin('node:inspector').url()));
    else if (request === REQUEST.warmUp) store(control, CONTROL.warm, warmUp());
  }

  function passPlace(place: Place, row: number, read: Read | null, scopes?: readonly object[], thisValue?: unknown) {
    const started = now();
    const { probes } = place.message;
    const passUs = place.message.passUs + place.parseUs;
    place.parseUs = 0;
    const base = row * PLACE.columns;
    const spent = spending[base + PLACE.spentUs] ?? 0;
    if (spent >= (spending[base + PLACE.limitUs] ?? 0)) {
      if (!place.exhausted) post(port, { type: 'exhausted', placeRow: row });
      place.exhausted = true;
      for (let i = 0; i < probes.length; i++) letGo(place.probes[i], passUs / probes.length);
      spending[base + PLACE.spentUs] = spent + passUs;
      return;
    }
    place.exhausted = false;
    let scope: Scope | undefined;
    let values: unknown[] = [];
    let { hasThis } = place.message;
    const { thisInPause } = place.message;
    const lostThis =
      hasThis && read === null && (thisInPause === 'never' || (thisInPause === 'perhaps' && thisValue === undefined));
    if (lostThis) hasThis = false;
    for (let i = 0; i < place.probes.length; i++) {
      const probe = place.probes[i];
      if (probe === undefined || probe.remaining <= 0) continue;
      if (!mayCapture()) {
        letGo(probe, passUs / probes.length);
        continue;
      }
      const begun = i === 0 ? started : now();
      if (scope === undefined) {
        values = read === null ? valuesOfScopes(place, scopes ?? []) : valuesByName(place, read);
        if (read !== null && hasThis) {
          try {
            thisValue = read(place.message.names.length);
          } catch {
            hasThis = false;
          }
        }
        scope = createScope(place.message.names, values, thisValue, hasThis, { fields: read === null, self: lostThis });
      }
      passProbe(place, probe, scope, values, begun, passUs / probes.length);
    }
    spending[base + PLACE.spentUs] = spent + passUs + (now() - started);
  }

  /** The limits of the agent as a whole; what is let go for them is not judged. */
  function mayCapture(): boolean {
    return (gate[GATE.captured] ?? 0) < (gate[GATE.limit] ?? 0);
  }

  function letGo(probe: Probe | undefined, shareUs: number): void {
    if (probe === undefined || probe.remaining <= 0) return;
    add(probe, PROBE.dropped, 1);
    add(probe, PROBE.totalUs, shareUs);
  }

  function passProbe(
    place: Place,
    probe: Probe,
    scope: Scope,
    values: unknown[],
    begun: number,
    shareUs: number,
  ): void {
    let hit: HitMessage | undefined;
    if (testCondition(probe, scope)) {
      const captured = places.capturer().capture({
        names: place.message.names,
        values,
        thisValue: scope.thisValue,
        hasThis: scope.hasThis,
        lost: scope.lost,
        expressions: probe.expressions,
        budget: BUDGET,
      });
      probe.remaining -= 1;
      gate[GATE.captured] = (gate[GATE.captured] ?? 0) + 1;
      const { variables, values: results, redactions } = captured;
      if (scope.lost.self)
        variables[variables.length] = { name: 'this', value: { type: 'not_captured' }, scope: 'this' };
      const { actionId } = probe.message;
      const stack = captureStack(entry);
      const captureUs = now() - begun + shareUs;
      const { remaining } = probe;
      hit = {
        type: 'hit',
        actionId,
        time: wallClock(),
        variables,
        values: results,
        redactions,
        stack,
        captureUs,
        remaining,
      };
    }
    // Before the hit is posted: the worker tells the cost as soon as it has the hit.
    const us = now() - begun + shareUs;
    charge(probe, us, us);
    if (hit === undefined) return;
    post(port, hit);
    const all = now() - begun + shareUs;
    charge(probe, all - us, all);
  }

  /** `us` more than was charged, of a pass that has taken `all` so far. */
  function charge(probe: Probe, us: number, all: number): void {
    add(probe, PROBE.totalUs, us);
    const at = probe.message.row * PROBE.columns + PROBE.maxUs;
    if (all > (counts[at] ?? 0)) counts[at] = all;
  }

  /** Counts the pass together with its verdict: what the worker reads in between would look like a pass without one. */
  function testCondition(probe: Probe, scope: Scope): boolean {
    const result = probe.condition?.(scope);
    add(probe, PROBE.passes, 1);
    if (result === undefined) return true;
    if ('value' in result) {
      if (result.value) return true;
      add(probe, PROBE.conditionFalse, 1);
      return false;
    }
    add(probe, PROBE.conditionErrors, 1);
    if (!probe.conditionErrorTold) {
      probe.conditionErrorTold = true;
      const text = 'error' in result ? result.error : `the condition reads a secret (${result.secret})`;
      post(port, { type: 'condition-error', actionId: probe.message.actionId, text });
    }
    return false;
  }

  function add(probe: Probe, column: number, amount: number): void {
    const at = probe.message.row * PROBE.columns + column;
    counts[at] = (counts[at] ?? 0) + amount;
  }

  return pass;
}

const ZERO = 48;
const NINE = 57;
const SLASH = 47;

/** Of `ws://HOST:PORT/ID`: the last number before the last slash. 0 where nothing listens. */
function portOf(url: string | undefined): number {
  if (url === undefined) return 0;
  let index = url.length - 1;
  while (index > 0 && codeAt(url, index) !== SLASH) index--;
  let port = 0;
  for (let unit = 1, code = codeAt(url, --index); code >= ZERO && code <= NINE; code = codeAt(url, --index)) {
    port += (code - ZERO) * unit;
    unit *= 10;
  }
  return port;
}
