import { closeSync, openSync } from 'node:fs';

const STDERR = 2;
const AT_MOST = STDERR + 2;

/**
 * An application may close its standard input or output. A socket would then be given that number, and libuv aborts the
 * process when it closes such a handle (`uv__close: Assertion 'fd > STDERR_FILENO'`, exit code 134). So a closed one is
 * taken by /dev/null first, and stays taken.
 */
export function occupyStandardDescriptors(): void {
  if (process.platform === 'win32') return;
  try {
    for (let i = 0; i < AT_MOST; i++) {
      const descriptor = openSync('/dev/null', 'r+');
      if (descriptor <= STDERR) continue;
      closeSync(descriptor);
      return;
    }
  } catch {
    // No /dev/null, or no descriptor left: then no socket is given one either.
  }
}
