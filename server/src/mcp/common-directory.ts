/** Shorter ones are not worth the line that names them. */
const WORTH = 12;

/**
 * The directory that all absolute paths lie in, with its last slash, so that a text names it once; '' where it is not
 * worth it. Other URLs (`node:fs`) and relative paths are left out.
 */
export function commonDirectory(paths: readonly string[]): string {
  const directories = paths
    .filter((path) => path.startsWith('/'))
    .map((path) => path.slice(0, path.lastIndexOf('/') + 1));
  const [first] = directories;
  if (first === undefined || directories.length < 2) return '';
  let common = first;
  for (const directory of directories) {
    while (!directory.startsWith(common)) common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1);
  }
  return common.length >= WORTH ? common : '';
}
