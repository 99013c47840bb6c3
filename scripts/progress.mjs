/**
 * Plain lines with the seconds since the start, for a terminal and a log alike.
 *
 * @param {(line: string) => void} [write]
 */
export function startProgress(write = (line) => console.log(line)) {
  const begun = performance.now();
  const say = (text) => write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}`);

  /** Runs a step and says when it begins, that it still runs (every 10 s), and when it is done. */
  const step = async (name, work) => {
    say(`${name} ...`);
    const since = performance.now();
    const still = setInterval(() => say(`${name}, still at it`), 10_000);
    try {
      return await work();
    } finally {
      clearInterval(still);
      say(`${name}: ${((performance.now() - since) / 1000).toFixed(1)} s`);
    }
  };

  return { say, step };
}
