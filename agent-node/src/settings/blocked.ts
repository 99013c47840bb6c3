import { type Blocked, LIMITS } from '@borescope/agent-protocol';
import { patternFault } from '@borescope/redaction';
import type { AttachOptions } from '../api.ts';

const SETTINGS: Readonly<Record<keyof Blocked, string>> = {
  files: 'BORESCOPE_BLOCKED_FILES',
  packages: 'BORESCOPE_BLOCKED_PACKAGES',
  classes: 'BORESCOPE_BLOCKED_CLASSES',
};

/** What this process never lets be inspected, whatever its broker says. Pure; `reason` names the setting. */
export function readBlocked(
  options: AttachOptions['blocked'],
  environment: NodeJS.ProcessEnv,
): { ok: true; blocked: Blocked } | { ok: false; reason: string } {
  const blocked: Blocked = { files: [], packages: [], classes: [] };
  for (const kind of ['files', 'packages', 'classes'] as const) {
    const setting = SETTINGS[kind];
    const patterns = options?.[kind] ?? listed(environment[setting] ?? '');
    if (patterns.length > LIMITS.blockedPatterns) {
      return { ok: false, reason: `${setting} has more than ${LIMITS.blockedPatterns} patterns` };
    }
    for (const pattern of patterns) {
      const fault =
        pattern.length > LIMITS.blockedPatternLength
          ? `has more than ${LIMITS.blockedPatternLength} characters`
          : patternFault(kind, pattern);
      if (fault !== undefined)
        return { ok: false, reason: `${setting}: the pattern ${JSON.stringify(pattern)} ${fault}` };
      blocked[kind].push(pattern);
    }
  }
  return { ok: true, blocked };
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
}
