import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { administer, type StoreFlags, storeOptions } from '../administration.ts';
import { Failure } from '../failure.ts';
import { print } from '../output.ts';

export function addSecretCommands(program: Command): void {
  const secret = program.command('secret').description('The secret from which the lasting keys are made');
  storeOptions(
    secret
      .command('export <file>')
      .description('Write the secret that lies in the store into a new file, for BORESCOPE_SECRET_FILE'),
  ).action(exportSecret);
}

/** Whoever has the store has the secret, too: there is no way to it over a broker. */
async function exportSecret(file: string, flags: StoreFlags): Promise<void> {
  await administer(flags, async ({ changes, by, named }) => {
    const secret = await changes.exportSecret(by);
    if (secret === undefined) {
      throw new Failure(`there is no secret in ${named}: it lies in the file that BORESCOPE_SECRET_FILE names`);
    }
    await writeFile(file, `${secret}\n`, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new Failure(
        code === 'EEXIST' ? `${file} is there already: name a new file` : `${file} cannot be written (${code})`,
      );
    });
    print(
      `wrote ${file}, readable for you alone. Give it to every broker, start them again with BORESCOPE_SECRET_FILE=${file}, ` +
        'and keep a copy elsewhere: the first that starts so takes the secret out of the store.',
    );
  });
}
