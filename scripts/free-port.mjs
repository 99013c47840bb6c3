import { createServer } from 'node:net';

/** Undefined where a broker can listen there; otherwise one line that says what to do. */
export function portProblem(text, command) {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    return Promise.resolve(`BORESCOPE_PORT must be a port from 0 to 65535, not ${JSON.stringify(text)}`);
  }
  const other = `BORESCOPE_PORT=${port === 7374 ? 7375 : 7374} ${command} (0 = any free port)`;
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code }) => {
      const why = code === 'EADDRINUSE' ? 'is taken, perhaps by another Borescope' : `cannot be used (${code})`;
      resolve(`Port ${port} ${why}. Choose another: ${other}`);
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)));
  });
}
