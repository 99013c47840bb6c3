export interface Progress {
  show(message: string): void;
  /** What follows is printed on an empty line. */
  clear(): void;
}

/** On a terminal one line that changes; elsewhere a line for each change. On stderr. */
export function liveProgress(): Progress {
  const live = process.stderr.isTTY === true;
  let last = '';
  return {
    show(message) {
      if (message === last) return;
      last = message;
      process.stderr.write(live ? `\r\u001b[K${message}` : `${message}\n`);
    },
    clear() {
      if (live && last !== '') process.stderr.write('\r\u001b[K');
      last = '';
    },
  };
}
