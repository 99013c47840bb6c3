import type { Command } from 'commander';

/** Flags of the broker, with the names of its settings. Kept here so that `--help` need not load the broker. */
const FLAGS = [
  ['--host <address>', 'address to listen on (127.0.0.1)'],
  ['--port <number>', 'port; 0 takes any free one, and it is printed (7373)'],
  ['--public-url <url>', 'the URL under which clients reach the broker'],
  ['--data-dir <directory>', 'directory of the embedded store (./.borescope)'],
  ['--redis-url <url>', 'the Redis that any number of brokers share; without it the embedded store'],
  ['--retention <time>', 'how long hits and finished actions are kept: 90s, 30m, 24h, 7d (24h)'],
  ['--tls-cert <file>', 'PEM certificate chain, together with --tls-key'],
  ['--tls-key <file>', 'PEM private key'],
  ['--tls-terminated [boolean]', 'a proxy in front terminates TLS'],
  ['--trusted-proxies <list>', 'addresses and networks whose X-Forwarded-For is believed, with --tls-terminated'],
  ['--log-level <level>', 'silent, fatal, error, warn, info, debug, trace (info)'],
] as const;

export function addServeCommand(program: Command): void {
  const command = program
    .command('serve')
    .description('Run the broker. Every flag is also a setting: --data-dir is BORESCOPE_DATA_DIR; flags win');
  for (const [flag, description] of FLAGS) command.option(flag, description);
  command.action(async (flags: Record<string, string | true>) => {
    const { readSettings, startBroker } = await import('@borescope/server');
    const given = Object.entries(flags).map(([name, value]) => [name, value === true ? 'true' : value]);
    const settings = readSettings(process.env, Object.fromEntries(given));
    const broker = await startBroker({ settings });
    // Whoever reads that it listens may stop it at once.
    const stopped = signalled();
    process.stdout.write(
      `borescope: listening on ${broker.url}\n  MCP for assistants  ${broker.url}/mcp\n` +
        `  agents              ${broker.url.replace(/^http/, 'ws')}/agent/v1\n` +
        (broker.pin === undefined ? '' : `  pin for agents      ${broker.pin}\n`),
    );
    // Without a certificate it keeps its usual meaning: the terminal is gone.
    if (broker.pin !== undefined) process.on('SIGHUP', () => void broker.reloadCertificate());
    await stopped;
    process.stderr.write('borescope: stopping (once more to stop at once)\n');
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    await broker.close();
  });
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      process.off('SIGINT', done);
      process.off('SIGTERM', done);
      resolve();
    };
    process.on('SIGINT', done);
    process.on('SIGTERM', done);
  });
}
