import { LIMITS } from '@borescope/agent-protocol';
import type { OwnLimits } from '../allowance/allowance.ts';

interface Bounds {
  readonly setting: string;
  readonly otherwise: number;
  readonly least: number;
  readonly most: number;
}

/** More than any honest use takes: of 50 hits an action, 120 actions a minute, each with hits of the usual size. */
const SETTINGS: Readonly<Record<keyof OwnLimits, Bounds>> = {
  overheadPercent: {
    setting: 'BORESCOPE_MAX_OVERHEAD_PERCENT',
    otherwise: LIMITS.maxOverheadPercent,
    least: 1,
    most: LIMITS.maxOverheadPercent,
  },
  hitsPerMinute: { setting: 'BORESCOPE_MAX_HITS_PER_MINUTE', otherwise: 6_000, least: 1, most: 1_000_000 },
  bytesPerMinute: {
    setting: 'BORESCOPE_MAX_BYTES_PER_MINUTE',
    otherwise: 64 * 1024 * 1024,
    // A few hits of the largest size.
    least: 256 * 1024,
    most: 1024 * 1024 * 1024,
  },
};

/** What the process lets be taken from it at most, whatever its broker orders. Pure; `reason` names the setting. */
export function readOwnLimits(
  environment: NodeJS.ProcessEnv,
): { ok: true; limits: OwnLimits } | { ok: false; reason: string } {
  const limits = { overheadPercent: 0, hitsPerMinute: 0, bytesPerMinute: 0 };
  for (const name of ['overheadPercent', 'hitsPerMinute', 'bytesPerMinute'] as const) {
    const { setting, otherwise, least, most } = SETTINGS[name];
    const text = environment[setting] ?? '';
    const value = text === '' ? otherwise : Number(text);
    if (!/^\d*$/.test(text) || !(value >= least && value <= most)) {
      return { ok: false, reason: `${setting} must be a whole number from ${least} to ${most}` };
    }
    limits[name] = value;
  }
  return { ok: true, limits };
}
