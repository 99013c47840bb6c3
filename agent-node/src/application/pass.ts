import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import { LIMITS } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import { type Capturer, createCapturer } from '../capture/capture.ts';
import { descriptorOf, uncurry } from '../capture/primordials.ts';
import type { CaptureBudget } from '../capture/request.ts';
import { createScope, NOT_CAPTURED, type Scope, UNINITIALIZED } from '../expressions/scope.ts';
import type { FromApplication, HitMessage, PlaceMessage, PolicyMessage, ToApplication } from './messages.ts';
import { compileProbe, createProbe, type Probe } from './probe.ts';
import { redactorOf } from './redaction.ts';
import { CONTROL, PLACE, PROBE, type SharedMemory } from './shared.ts';
import { captureStack } from './stack.ts';

/** Gives the value of a name by its index, and of `this` by the index after the last; throws what V8 throws. */
type Read = (index: number) => unknown;

/** A row that asks: has a person opened this process in a debugger? */
const QUESTION_DEBUGGED = -1;

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

interface Place {
  readonly message: PlaceMessage;
  readonly uninitialized: ReadonlySet<number>;
  readonly probes: Probe[];
  exhausted: boolean;
}

/** The envelope of a hit and its stack come on top of what is captured. */
const ENVELOPE_BYTES = 16 * 1024;
// The time is for what nodes and bytes do not bound; the very first capture is slow, because nothing is compiled yet.
const BUDGET: CaptureBudget = { nodes: 4000, bytes: LIMITS.hitBytes - ENVELOPE_BYTES, microseconds: 50_000 };

// Taken now: a fake clock of a test framework, or a hostile application, may replace them later.
const performanceNow = uncurry<(clock: typeof performance) => number>(performance.now);
const clock = performance;
const now = () => performanceNow(clock) * 1000;
const wallClock = Date.now;
const receive = receiveMessageOnPort;
// Not imported: it costs the host's start some milliseconds, and is asked for only before a real pause.
const builtin = process.getBuiltinModule;
const load: (array: Int32Array, index: number) => number = Atomics.load;
const store: (array: Int32Array, index: number, value: number) => number = Atomics.store;
const has = uncurry<(set: ReadonlySet<number>, value: number) => boolean>(Set.prototype.has);

/**
 * The function that conditions call in the application's thread. It is called in the middle of the application's code:
 * it never throws, never waits, and calls nothing that the application could have replaced.
 */
export function createPass(memory: SharedMemory, port: MessagePort): Pass {
  const { control, probes: counts, places: spending } = memory;
  const post = uncurry<(port: MessagePort, message: FromApplication) => void>(port.postMessage);
  const places: (Place | undefined)[] = [];
  let policy: PolicyMessage = { type: 'policy', keyNames: [], pseudonymKey: null };
  let redactor: Redactor | undefined;
  let capturer: Capturer | undefined;
  let seen = 0;
  let inside = false;

  function readMessages(): void {
    seen = load(control, CONTROL.messages);
    for (let packed = receive(port); packed !== undefined; packed = receive(port)) apply(packed.message);
  }

  function apply(message: ToApplication): void {
    if (message.type === 'place') places[message.row] = createPlace(message, places[message.row]);
    else if (message.type === 'forget-place') places[message.row] = undefined;
    else if (message.type === 'policy') {
      if (samePolicy(message, policy)) return;
      policy = message;
      redactor = undefined;
      capturer = undefined;
      eachProbe((probe) => compileProbe(probe, theRedactor()));
    } else {
      eachProbe((probe) => {
        if (probe.message.row === message.row) probe.remaining = message.remaining;
      });
    }
  }

  /** Made when it is first needed, or in the first quiet turn: it takes longer than all the rest of the start. */
  function theRedactor(): Redactor {
    redactor ??= redactorOf(policy);
    capturer ??= createCapturer({ redactor, now });
    return redactor;
  }
  setImmediate(theRedactor).unref();

  function theCapturer(): Capturer {
    capturer ??= createCapturer({ redactor: theRedactor(), now });
    return capturer;
  }

  function eachProbe(change: (probe: Probe) => void): void {
    for (let i = 0; i < places.length; i++) {
      const probes = places[i]?.probes ?? [];
      for (let k = 0; k < probes.length; k++) {
        const probe = probes[k];
        if (probe !== undefined) change(probe);
      }
    }
  }

  function createPlace(message: PlaceMessage, previous: Place | undefined): Place {
    const probes: Probe[] = [];
    for (let i = 0; i < message.probes.length; i++) {
      const wanted = message.probes[i];
      if (wanted === undefined) continue;
      const probe = createProbe(wanted, theRedactor());
      const before = previous?.probes ?? [];
      for (let k = 0; k < before.length; k++) {
        const same = before[k];
        if (same?.message.actionId !== wanted.actionId) continue;
        // The worker's count may be older than a hit that is on its way to it.
        probe.remaining = same.remaining;
        probe.conditionErrorTold = same.conditionErrorTold;
      }
      probes[probes.length] = probe;
    }
    return { message, uninitialized: new Set(message.uninitialized), probes, exhausted: false };
  }

  const pass: Pass = (row, version, read, scopes, thisValue) => {
    if (row === QUESTION_DEBUGGED) {
      store(control, CONTROL.debugged, builtin('node:inspector').url() === undefined ? 0 : 1);
      return false;
    }
    if (inside) return false;
    inside = true;
    try {
      if (load(control, CONTROL.messages) !== seen) readMessages();
      const place = places[row];
      if (place !== undefined && (read === null || place.message.version === version))
        passPlace(place, row, read, scopes, thisValue);
    } catch {
      // A stack that is nearly full, or memory that is: the application goes on, this pass is lost.
    } finally {
      inside = false;
    }
    return false;
  };

  function passPlace(place: Place, row: number, read: Read | null, scopes?: readonly object[], thisValue?: unknown) {
    const started = now();
    const { passUs, probes } = place.message;
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
    let hasThis = place.message.hasThis;
    for (let i = 0; i < place.probes.length; i++) {
      const probe = place.probes[i];
      if (probe === undefined || probe.remaining <= 0) continue;
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
        scope = createScope(place.message.names, values, thisValue, hasThis);
      }
      passProbe(place, probe, scope, values, begun, passUs / probes.length);
    }
    spending[base + PLACE.spentUs] = spent + passUs + (now() - started);
  }

  function letGo(probe: Probe | undefined, shareUs: number): void {
    if (probe === undefined || probe.remaining <= 0) return;
    add(probe, PROBE.passes, 1);
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
    add(probe, PROBE.passes, 1);
    let hit: HitMessage | undefined;
    if (testCondition(probe, scope)) {
      const captured = theCapturer().capture({
        names: place.message.names,
        values,
        thisValue: scope.thisValue,
        hasThis: scope.hasThis,
        expressions: probe.expressions,
        budget: BUDGET,
      });
      probe.remaining -= 1;
      const { variables, values: results, redactions } = captured;
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
    if (hit !== undefined) post(port, hit);
    const us = now() - begun + shareUs;
    add(probe, PROBE.totalUs, us);
    const at = probe.message.row * PROBE.columns + PROBE.maxUs;
    if (us > (counts[at] ?? 0)) counts[at] = us;
  }

  function testCondition(probe: Probe, scope: Scope): boolean {
    if (probe.condition === undefined) return true;
    const result = probe.condition(scope);
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

/** Making a redactor takes a while, and every reconnect brings the policy again. */
function samePolicy(a: PolicyMessage, b: PolicyMessage): boolean {
  if (a.pseudonymKey !== b.pseudonymKey || a.keyNames.length !== b.keyNames.length) return false;
  for (let i = 0; i < a.keyNames.length; i++) if (a.keyNames[i] !== b.keyNames[i]) return false;
  return true;
}

function valuesByName(place: Place, read: Read): unknown[] {
  const { names } = place.message;
  const values: unknown[] = [];
  for (let i = 0; i < names.length; i++) {
    if (has(place.uninitialized, i)) {
      values[i] = UNINITIALIZED;
      continue;
    }
    try {
      values[i] = read(i);
    } catch (error) {
      values[i] = whyMissing(error);
    }
  }
  return values;
}

/** V8 says "Cannot access 'x' before initialization" in a dead zone, and "x is not defined" of what it did not keep. */
function whyMissing(error: unknown): typeof UNINITIALIZED | typeof NOT_CAPTURED {
  if (typeof error !== 'object' || error === null) return NOT_CAPTURED;
  const message = descriptorOf(error, 'message')?.value;
  return typeof message === 'string' && message[0] === 'C' ? UNINITIALIZED : NOT_CAPTURED;
}

/** The pausing path: objects that the debugger made of the scopes, innermost first. */
function valuesOfScopes(place: Place, scopes: readonly object[]): unknown[] {
  const { names } = place.message;
  const values: unknown[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i]?.name ?? '';
    let value: unknown = has(place.uninitialized, i) ? UNINITIALIZED : NOT_CAPTURED;
    for (let k = 0; k < scopes.length && value === NOT_CAPTURED; k++) {
      const scope = scopes[k];
      if (scope === undefined) continue;
      try {
        const found = descriptorOf(scope, name);
        if (found !== undefined) value = found.value;
      } catch {
        value = UNINITIALIZED;
      }
    }
    values[i] = value;
  }
  return values;
}
