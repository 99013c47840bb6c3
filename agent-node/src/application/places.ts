import type { MessagePort } from 'node:worker_threads';
import { receiveMessageOnPort } from 'node:worker_threads';
import { createBlockedObjects } from '../capture/blocked-objects.ts';
import { type Capturer, createCapturer } from '../capture/capture.ts';
import type { CompileOptions } from '../expressions/evaluation.ts';
import { now } from './clock.ts';
import type { PlaceMessage, PolicyMessage, ToApplication } from './messages.ts';
import { compileProbe, createProbe, type Probe } from './probe.ts';
import { NO_RULES, redactorOf, sameRules, sameTexts } from './redaction.ts';
import type { NamedPlace } from './scope-values.ts';

/** A place with a probe as the application's thread knows it. */
export interface Place extends NamedPlace {
  readonly message: PlaceMessage;
  readonly probes: Probe[];
  /** Microseconds that V8 took to parse the script before the first pass here; 0 when they have been counted. */
  parseUs: number;
  /** It has spent what it may, and the worker has been told. */
  exhausted: boolean;
}

export interface Places {
  /** Reads what the worker has posted: places, counts, the policy. */
  read(): void;
  at(row: number): Place | undefined;
  /** What expressions hide by the policy that holds now, as does the capturer. */
  hiding(): CompileOptions;
  capturer(): Capturer;
}

// Taken now: the application may replace it later.
const receive = receiveMessageOnPort;

/** What the worker says of places and policy, kept in the application's thread. */
export function createPlaces(port: MessagePort): Places {
  const places: (Place | undefined)[] = [];
  let policy: PolicyMessage = { type: 'policy', ...NO_RULES, blockedClasses: [] };
  let hiding: CompileOptions | undefined;
  let capturer: Capturer | undefined;

  function read(): void {
    let newest: PolicyMessage | undefined;
    for (let packed = receive(port); packed !== undefined; packed = receive(port)) {
      const message: ToApplication = packed.message;
      if (message.type === 'policy') newest = message;
      else apply(message);
    }
    // Once, however many came: each makes a redactor and compiles every probe again.
    if (newest !== undefined) follow(newest);
  }

  function follow(message: PolicyMessage): void {
    if (samePolicy(message, policy)) return;
    policy = message;
    hiding = undefined;
    capturer = undefined;
    eachProbe((probe) => compileProbe(probe, theHiding()));
  }

  function apply(message: Exclude<ToApplication, PolicyMessage>): void {
    if (message.type === 'place') places[message.row] = createPlace(message, places[message.row]);
    else if (message.type === 'forget-place') places[message.row] = undefined;
    else {
      eachProbe((probe) => {
        if (probe.message.row === message.row) probe.remaining = message.remaining;
      });
    }
  }

  function theHiding(): CompileOptions {
    hiding ??= { redactor: redactorOf(policy), blocked: createBlockedObjects(policy.blockedClasses) };
    return hiding;
  }

  function theCapturer(): Capturer {
    capturer ??= createCapturer({ ...theHiding(), now });
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
      const probe = createProbe(wanted, theHiding());
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
    const { names } = message;
    const uninitialized: boolean[] = [];
    for (let i = 0; i < names.length; i++) uninitialized[i] = false;
    for (let i = 0; i < message.uninitialized.length; i++) uninitialized[message.uninitialized[i] ?? -1] = true;
    const hidden: boolean[] = [];
    for (let i = 0; i < names.length; i++) hidden[i] = false;
    for (let i = 0; i < message.hidden.length; i++) hidden[message.hidden[i] ?? -1] = true;
    const parseUs = previous === undefined ? message.parseUs : previous.parseUs;
    return { message, names, uninitialized, hidden, probes, parseUs, exhausted: false };
  }

  return { read, at: (row) => places[row], hiding: theHiding, capturer: theCapturer };
}

/** Making a redactor takes a while, and every reconnect brings the policy again. */
function samePolicy(a: PolicyMessage, b: PolicyMessage): boolean {
  return sameRules(a, b) && sameTexts(a.blockedClasses, b.blockedClasses);
}
