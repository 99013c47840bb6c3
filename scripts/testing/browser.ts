import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Progress } from '../progress.mjs';
import { prepare } from './system-package.ts';

const ON_PATH = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** The browser that the tests start; undefined where there is none. */
export function browser(): string | undefined {
  const named = ON_PATH.find((name) => spawnSync(name, ['--version']).status === 0);
  return named ?? ELSEWHERE.find((path) => existsSync(path));
}

/** Gets a browser for the tests of pages. */
export async function prepareBrowser(progress: Progress): Promise<void> {
  await prepare(progress, {
    name: 'chromium',
    installed: () => browser() !== undefined,
    without: 'no Chromium or Chrome is installed, so the tests in a browser are skipped',
    byHand: 'apt-get install chromium (Debian), or Chrome from google.com/chrome',
  });
}
