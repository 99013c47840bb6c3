// A redis-server that ends with the process that started this one: PROGRAM FOLDER PORT.
import { spawn } from 'node:child_process';

const [program, folder, port] = process.argv.slice(2);
const options = { bind: '127.0.0.1', port, dir: folder, save: '', appendonly: 'yes', 'maxmemory-policy': 'noeviction' };
const server = spawn(
  program,
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.kill('SIGTERM'));
server.once('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
server.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
