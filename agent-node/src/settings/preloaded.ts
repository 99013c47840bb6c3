import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FLAGS = ['--import', '--require', '-r'];
/** Beside the agent's file: what `import` loads, and which loads the agent. */
const DOORWAY = 'agent.mjs';

/**
 * Was this file asked for on the command line or in NODE_OPTIONS (`--import`, `--require`, `-r`)? Then it attaches by
 * itself; a file that only imports it gets the function. A module cannot see who loads it, so the flags are read.
 */
export function preloaded(execArgv: readonly string[], nodeOptions: string, cwd: string, ownFile: string): boolean {
  return [...requested(execArgv), ...requested(splitOptions(nodeOptions))].some((name) =>
    isThisPackage(name, cwd, ownFile),
  );
}

/** NODE_OPTIONS by Node's rules: spaces part, double quotes hold together, a backslash escapes inside them. */
function splitOptions(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === '\\' && quoted) part += text[++i] ?? '';
    else if (c === '"') quoted = !quoted;
    else if (c === ' ' && !quoted) {
      if (part !== '') parts.push(part);
      part = '';
    } else part += c;
  }
  if (part !== '') parts.push(part);
  return parts;
}

function requested(args: readonly string[]): string[] {
  const names: string[] = [];
  args.forEach((arg, index) => {
    for (const flag of FLAGS) {
      if (arg === flag) names.push(args[index + 1] ?? '');
      else if (arg.startsWith(`${flag}=`)) names.push(arg.slice(flag.length + 1));
    }
  });
  return names;
}

function isThisPackage(name: string, cwd: string, ownFile: string): boolean {
  if (name === '@borescope/agent') return true;
  if (!/^(file:|[./\\]|[a-zA-Z]:)/.test(name)) return false;
  try {
    const path = name.startsWith('file:') ? fileURLToPath(name) : resolve(cwd, name);
    const own = realpathSync(ownFile);
    const named = realpathSync(path);
    return named === own || named === join(dirname(own), DOORWAY);
  } catch {
    return false;
  }
}
