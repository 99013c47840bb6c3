import { Session } from 'node:inspector';
import { GLOBAL_NAME } from '../application/global-name.ts';
import { stopBaselineCompiler } from '../runtime/baseline-compiler.ts';
import type { BreakLocation, Location } from '../sources/bind.ts';
import { pathOf, type Script } from '../sources/script.ts';
import type { GeneratedPosition } from '../sources/source-map.ts';
import { Standstill } from './standstill.ts';

/** What each command takes of the application's thread by itself, about, in milliseconds: it is interrupted for it. */
const COMMAND_MS = 0.05;
/** Milliseconds. The application's thread answers between two of its steps; only native code keeps it longer. */
const ANSWER_MS = 10_000;

export class DebuggerTimeout extends Error {
  override readonly name = 'DebuggerTimeout';
}

/** A frame of a real pause: the objects that stand for its scopes, innermost first, and its `this`. */
export interface Pause {
  readonly breakpointIds: readonly string[];
  readonly scopes: readonly string[];
  readonly thisId: string | undefined;
}

export interface DebuggerEvents {
  onScript(script: Script): void;
  onResolved(breakpointId: string, location: Location): void;
  onPaused(pause: Pause): void;
  /** Does a person debug this process? */
  isDebugged(): Promise<boolean>;
}

/** The inspector session into the application's thread: nothing of V8's protocol is known outside this file. */
export class Debugger {
  readonly #events: DebuggerEvents;
  readonly #ownFile: string;
  readonly #keepSparkplug: boolean;
  #session: Session | undefined;
  #enabling: Promise<number> | undefined;
  #stallMs = 0;
  #takenMs = 0;
  /** The application has a session of its own whose pauses only we can end; see `Standstill`. */
  #inCompany = false;
  readonly #standstill: Standstill;

  constructor(events: DebuggerEvents, ownFile: string, keepSparkplug: boolean) {
    this.#events = events;
    this.#ownFile = ownFile;
    this.#keepSparkplug = keepSparkplug;
    this.#standstill = new Standstill({
      isPaused: () => this.#isPaused(),
      isDebugged: () => events.isDebugged(),
      release: () => this.#keepCompany(),
    });
  }

  get enabled(): boolean {
    return this.#session !== undefined;
  }

  /**
   * Connects on the first call; every script that is loaded has been reported when it resolves. Gives the milliseconds
   * for which the application's thread was busy with it: V8 walks the heap for the scripts.
   */
  enable(): Promise<number> {
    this.#enabling ??= this.#enable().catch((error: unknown) => {
      this.disable();
      throw error;
    });
    return this.#enabling;
  }

  async #enable(): Promise<number> {
    if (!this.#keepSparkplug) stopBaselineCompiler();
    const session = new Session();
    session.connectToMainThread();
    this.#session = session;
    this.#standstill.start();
    session.on('Debugger.scriptParsed', (message) => this.#parsed(message.params));
    session.on('Debugger.breakpointResolved', ({ params }) => {
      this.#events.onResolved(params.breakpointId, locationOf(params.location));
    });
    session.on('Debugger.paused', ({ params }) => this.#paused(params));
    // Anything but 0 keeps the source of each condition that V8 ever evaluated.
    const reached = this.#reached();
    await this.#post('Debugger.enable', { maxScriptsCacheSize: 0 });
    const stallMs = performance.now() - (await reached);
    // Lost with every disable. Conditions are evaluated all the same.
    await this.skipPauses(true);
    return stallMs;
  }

  /** Every breakpoint goes with the session. */
  disable(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#enabling = undefined;
    this.#standstill.stop();
    session?.disconnect();
  }

  async possible(scriptId: string, start: GeneratedPosition, end: GeneratedPosition): Promise<BreakLocation[]> {
    // V8 prepares the functions in the range for breakpoints here already: this, not setting one, is the dear step.
    const reached = this.#reached();
    const answer = await this.#post<{ locations: PossibleLocation[] }>('Debugger.getPossibleBreakpoints', {
      start: { scriptId, lineNumber: start.line, columnNumber: start.column },
      end: { scriptId, lineNumber: end.line, columnNumber: end.column },
    }).catch((error: unknown) => {
      if (error instanceof DebuggerTimeout) throw error;
      // V8 refuses a range that begins past the end of the script.
      return { locations: [] };
    });
    const stallMs = performance.now() - (await reached);
    this.#takenMs += stallMs;
    this.#stallMs = Math.max(this.#stallMs, stallMs);
    return answer.locations.map((location) => ({ ...locationOf(location), atReturn: location.type === 'return' }));
  }

  async source(scriptId: string): Promise<string> {
    return (await this.#post<{ scriptSource: string }>('Debugger.getScriptSource', { scriptId })).scriptSource;
  }

  /** `stallMs`: how long the application's thread was busy with it. */
  async setBreakpoint(at: Location, condition: string): Promise<{ id: string; stallMs: number }> {
    const location = { scriptId: at.scriptId, lineNumber: at.line, columnNumber: at.column };
    return this.#timed('Debugger.setBreakpoint', { location, condition });
  }

  /** For a script that is not loaded yet: V8 sets it before the script's first line runs. */
  async setBreakpointAhead(
    url: string,
    at: GeneratedPosition,
    condition: string,
  ): Promise<{ id: string; stallMs: number }> {
    return this.#timed('Debugger.setBreakpointByUrl', { url, lineNumber: at.line, columnNumber: at.column, condition });
  }

  /** Gives the milliseconds for which the application's thread was busy with it. */
  async removeBreakpoint(breakpointId: string): Promise<number> {
    const reached = this.#reached();
    await this.#post('Debugger.removeBreakpoint', { breakpointId });
    const stallMs = performance.now() - (await reached);
    this.#takenMs += stallMs;
    return stallMs;
  }

  /** Taken of the application's thread since the process began, milliseconds; without what switching it on took. */
  get takenMs(): number {
    return this.#takenMs;
  }

  /** The longest stall of looking for places since the last call, in milliseconds. */
  takeStall(): number {
    const stallMs = this.#stallMs;
    this.#stallMs = 0;
    return stallMs;
  }

  async skipPauses(skip: boolean): Promise<void> {
    await this.#post('Debugger.setSkipAllPauses', { skip: skip && !this.#inCompany });
  }

  /** From now on V8 tells of every pause, and `onPaused` ends it. */
  async #keepCompany(): Promise<void> {
    this.#inCompany = true;
    await this.#post('Debugger.setSkipAllPauses', { skip: false });
    await this.resume();
  }

  /** A question about a frame that does not exist is refused in a pause too, in other words. */
  async #isPaused(): Promise<boolean> {
    try {
      await this.#post('Debugger.evaluateOnCallFrame', { callFrameId: '', expression: '' });
      return true;
    } catch (error) {
      return !(error instanceof DebuggerTimeout) && !/while paused/i.test(error instanceof Error ? error.message : '');
    }
  }

  /** Calls a function with the scopes of a pause and its `this`. The condition's entry is the only thing ever called. */
  async callInPause(declaration: string, row: number, pause: Pause): Promise<void> {
    const first = pause.scopes[0];
    if (first === undefined) return;
    await this.#post('Runtime.callFunctionOn', {
      functionDeclaration: declaration,
      objectId: first,
      arguments: [
        { value: row },
        pause.thisId === undefined ? {} : { objectId: pause.thisId },
        ...pause.scopes.map((objectId) => ({ objectId })),
      ],
      objectGroup: 'backtrace',
      silent: true,
      returnByValue: true,
    });
  }

  async resume(): Promise<void> {
    await this.#post('Debugger.resume', {});
  }

  /** Calls the entry with a row that means a question to it. Nothing but this fixed text is ever evaluated. */
  async callEntry(row: number): Promise<void> {
    await this.#post('Runtime.evaluate', { expression: `${GLOBAL_NAME}(${row})`, returnByValue: true, silent: true });
  }

  /**
   * The answer to a command that costs nothing, sent just before, marks when the application's thread came to us: what
   * passes until the second answer is the stall, without the wait for a busy thread.
   */
  async #timed(method: string, params: object): Promise<{ id: string; stallMs: number }> {
    const reached = this.#post('Runtime.releaseObjectGroup', { objectGroup: 'borescope' }).then(() =>
      performance.now(),
    );
    const set = this.#post<{ breakpointId: string }>(method, params, (late) => {
      // The wait was given up; a breakpoint that nobody knows of must not stay.
      this.removeBreakpoint(late.breakpointId).catch(() => {});
    }).then((answer) => ({ id: answer.breakpointId, at: performance.now() }));
    const [from, { id, at }] = await Promise.all([reached, set]);
    this.#takenMs += at - from;
    return { id, stallMs: at - from };
  }

  /** When the application's thread came to answer a command that costs nothing. */
  async #reached(): Promise<number> {
    await this.#post('Runtime.releaseObjectGroup', { objectGroup: 'borescope' });
    return performance.now();
  }

  #post<Answer = object>(method: string, params: object, onLate?: (answer: Answer) => void): Promise<Answer> {
    const session = this.#session;
    if (session === undefined) return Promise.reject(new Error('the debugger is off'));
    this.#takenMs += COMMAND_MS;
    return new Promise((resolve, reject) => {
      let over = false;
      const timer = setTimeout(() => {
        over = true;
        reject(new DebuggerTimeout(`the application's thread did not answer ${method} within ${ANSWER_MS / 1000} s`));
      }, ANSWER_MS);
      session.post(method, params, (error: Error | null, answer?: object) => {
        clearTimeout(timer);
        if (over && error === null) onLate?.(answer as Answer);
        else if (error)
          reject(error instanceof Error ? error : new Error(String((error as { message?: unknown }).message)));
        else resolve((answer ?? {}) as Answer);
      });
    });
  }

  #parsed(params: InspectorScript): void {
    // What has no URL is a condition of ours or an eval; the built-in modules and the agent itself carry no probe.
    if (params.url === '' || params.url.startsWith('node:')) return;
    // WebAssembly is no file that a developer could name, and its lines are no lines.
    if (params.scriptLanguage === 'WebAssembly') return;
    const path = pathOf(params.url);
    if (path === this.#ownFile) return;
    this.#events.onScript({
      id: params.scriptId,
      url: params.url,
      path,
      hash: params.hash,
      sourceMapUrl: params.sourceMapURL ?? '',
      isModule: params.isModule ?? false,
      inVmContext: isVmContext(params.executionContextAuxData),
      length: params.length ?? 0,
    });
  }

  #paused(params: InspectorPause): void {
    const frame = params.callFrames[0];
    const scopes = (frame?.scopeChain ?? [])
      .filter((scope) => scope.type !== 'global')
      .map((scope) => scope.object.objectId);
    this.#events.onPaused({
      breakpointIds: params.hitBreakpoints ?? [],
      scopes: scopes.filter((id) => id !== undefined),
      thisId: frame?.this.objectId,
    });
  }
}

type PossibleLocation = InspectorLocation & { type?: string };
type InspectorLocation = { scriptId: string; lineNumber: number; columnNumber?: number | undefined };
type InspectorScript = {
  executionContextAuxData?: { isDefault?: boolean } | undefined;
  scriptLanguage?: string;
  scriptId: string;
  url: string;
  hash: string;
  sourceMapURL?: string | undefined;
  isModule?: boolean | undefined;
  length?: number | undefined;
};
type InspectorPause = {
  hitBreakpoints?: string[] | undefined;
  callFrames: {
    scopeChain: { type: string; object: { objectId?: string | undefined } }[];
    this: { objectId?: string | undefined };
  }[];
};

/** Node says it of each context that it makes, `node:vm`'s among them. */
function isVmContext(aux: InspectorScript['executionContextAuxData']): boolean {
  return aux?.isDefault === false;
}

function locationOf(location: InspectorLocation): Location {
  return { scriptId: location.scriptId, line: location.lineNumber, column: location.columnNumber ?? 0 };
}
