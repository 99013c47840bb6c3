import { quantile } from '../statistics.ts';

export const MIB = 2 ** 20;

/**
 * Milliseconds of processor time by contender, then by round: in turn, so that a slow moment of the machine falls on all
 * of them. By the clock, others on a shared machine would be measured, too. What V8 collects and compiles meanwhile counts.
 */
export async function inTurn(contenders: readonly (() => unknown)[], rounds: number): Promise<number[][]> {
  const figures: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      const begun = process.cpuUsage();
      const done = contender();
      if (done instanceof Promise) await done;
      const { user, system } = process.cpuUsage(begun);
      figures[index]?.push((user + system) / 1000);
    }
  }
  return figures;
}

/** What the noise of the machine makes of a figure: the quarters of its rounds. */
export function quarters(samples: readonly number[], told: (sample: number) => string): string {
  return `half of the rounds between ${told(quantile(samples, 0.25))} and ${told(quantile(samples, 0.75))}`;
}

/** How many times its reference a figure is, in the middle of the rounds. */
export function timesOf(samples: readonly number[], references: readonly number[]): number {
  return quantile(
    samples.map((sample, round) => sample / (references[round] ?? Number.NaN)),
    0.5,
  );
}

// Taken from the prototype: modules that other sections load change it, and calls by way of it are then six times slower.
const codeAt = Function.prototype.call.bind(String.prototype.charCodeAt) as (text: string, index: number) => number;

/** The reference: what reading each character costs at least, on this machine in this minute. */
export function readAll(texts: readonly string[]): number {
  let sum = 0;
  for (const text of texts) for (let at = 0; at < text.length; at++) sum = (sum + codeAt(text, at)) | 0;
  return sum;
}
