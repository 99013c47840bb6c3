import { prepare } from './prepare.mjs';

/**
 * Installs and builds where that is needed, so that TypeScript and the packages of the repository can be imported from
 * here on. Where it fails, the process ends with 1 and a line that says why.
 * @param {import('./progress.mjs').Progress} progress
 */
export async function bootstrap(progress) {
  try {
    await prepare(progress);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  const { register } = await import('tsx/esm/api');
  register();
}
