#!/usr/bin/env node
import { existsSync } from 'node:fs';

// `borescope runtimes | head -1`: who reads the output may go before it ends.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  const { run } = await import(main.href);
  // Set, not exited: what is still being written to a pipe gets there.
  process.exitCode = await run(process.argv.slice(2));
} else {
  console.error('borescope is not built yet: run "npm run build" in the repository first');
  process.exitCode = 1;
}
