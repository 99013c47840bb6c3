import { createServer } from 'node:net';

/** Undefined where a broker can listen there; otherwise one line that says what to do. */
export function portProblem(text) {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    return Promise.resolve(`BORESCOPE_PORT must be a port from 0 to 65535, not ${JSON.stringify(text)}`);
  }
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => {
      resolve(
        error.code === 'EADDRINUSE'
          ? `Port ${port} is taken, perhaps by another Borescope. Choose one: BORESCOPE_PORT=${port + 1} npm start (0 = any free port)`
          : `Port ${port} cannot be used (${error.code}). Choose another: BORESCOPE_PORT=7374 npm start (0 = any free port)`,
      );
    });
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(undefined)));
  });
}
