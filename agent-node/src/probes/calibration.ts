import { Session } from 'node:inspector';
import { Script } from 'node:vm';

/** What V8 takes for one pass of a conditional breakpoint, in microseconds. */
export interface PassCost {
  readonly baseUs: number;
  readonly perCodeUnitUs: number;
}

/** Measured on one machine; used where the measurement here fails. */
const TYPICAL: PassCost = { baseUs: 90, perCodeUnitUs: 0.05 };

const PASSES = 15;
const SMALL = 'function small(n) {\n  return n + 1;\n}\nsmall';
const LARGE = `function large(n) {\n${'  if (n < 0) { n = n * 2 + String(n).length; }\n'.repeat(200)}  return n;\n}\nlarge`;

/**
 * Measures it on this machine, in the worker's own isolate, so that the application pays nothing: a function of one line
 * and one of 200, each with a condition of the usual length.
 */
export function calibrate(): PassCost {
  const session = new Session();
  try {
    session.connect();
    session.post('Debugger.enable', { maxScriptsCacheSize: 0 });
    session.post('Debugger.setSkipAllPauses', { skip: true });
    const small = measure(session, SMALL, 1);
    const large = measure(session, LARGE, 201);
    const perCodeUnitUs = Math.max(0.005, (large - small) / (LARGE.length - SMALL.length));
    return { baseUs: Math.max(20, small), perCodeUnitUs };
  } catch {
    return TYPICAL;
  } finally {
    session.disconnect();
  }
}

/** V8 parses the whole script where the place is not in a function that is small beside it: so the function decides. */
export function passUs(cost: PassCost, functionLength: number): number {
  return cost.baseUs + cost.perCodeUnitUs * functionLength;
}

function measure(session: Session, text: string, line: number): number {
  const url = `borescope-calibration-${line}.js`;
  const run: unknown = new Script(text, { filename: url }).runInThisContext();
  if (typeof run !== 'function') return 0;
  const condition = `String(0,(n=>{switch(n){${'case 0:return n;'.repeat(10)}}}))===1`;
  session.post('Debugger.setBreakpointByUrl', { url, lineNumber: line, columnNumber: 0, condition });
  const times: number[] = [];
  for (let i = 0; i < PASSES; i++) {
    const from = performance.now();
    run(1);
    times.push((performance.now() - from) * 1000);
  }
  times.sort((a, b) => a - b);
  return times[PASSES >> 1] ?? 0;
}
