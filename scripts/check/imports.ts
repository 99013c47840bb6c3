/** Fails where a source file imports what the design keeps from it. The rules are in `import-rules.ts`. */
import { readFileSync } from 'node:fs';
import { brokenRules } from './import-rules.ts';
import { importsOf } from './module-imports.ts';
import { pathOf, sourceFiles } from './source-files.ts';

let broken = 0;
for (const file of sourceFiles()) {
  for (const imported of importsOf(file, readFileSync(pathOf(file), 'utf8'))) {
    for (const rule of brokenRules(file, imported)) {
      console.error(`${file}:${imported.line} imports ${imported.specifier}: ${rule}`);
      broken += 1;
    }
  }
}
if (broken > 0) process.exitCode = 1;
