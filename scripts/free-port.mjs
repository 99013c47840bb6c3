import { createServer } from 'node:net';

/** Undefined where a broker can listen there; otherwise one line that says what to do. */
export function portProblem(text, command) {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    return Promise.resolve(`BORESCOPE_PORT must be a port from 0 to 65535, not ${JSON.stringify(text)}`);
  }
  const otherPort = port === 7374 ? 7375 : 7374;
  const other = `BORESCOPE_PORT=${otherPort} ${command} (0 = any free port)`;
  // Another broker of this clone has the data directory too.
  const beside = `BORESCOPE_PORT=${otherPort} BORESCOPE_DATA_DIR=.borescope-${otherPort} ${command}`;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code }) => {
      resolve(
        code === 'EADDRINUSE'
          ? `Port ${port} is taken, perhaps by another Borescope. Stop that one, or start beside it: ${beside}`
          : `Port ${port} cannot be used (${code}). Choose another: ${other}`,
      );
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)));
  });
}
