import { alphabet } from '../../alphabet.ts';
import { codeAt } from '../../intrinsics.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { wordsIn } from '../../words.ts';
import { isStandIn } from '../stand-in.ts';

/** UTF-16 code units between the command and the flag, and of the flag's value. */
const LONGEST_COMMAND = 512;
const LONGEST_VALUE = 256;
const WORD = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-');
const ENDS = alphabet(' \t\r\n"\'`;|&\\)<>');

/** How a flag is given its value. */
const JOINED = 1;
const APART = 2;

interface Tool {
  readonly names: readonly string[];
  readonly flag: string;
  /** `JOINED`, `APART` or both. */
  readonly given: number;
  /** The secret stands behind this character of the value. */
  readonly behind?: string;
}

/** A flag of one letter means something else with every command. */
const TOOLS: readonly Tool[] = [
  {
    names: wordsIn(`mysql mysqldump mysqladmin mysqlimport mysqlsh mysqlcheck mysqlshow mysqlslap mariadb mariadb-dump
      mariadb-admin 7z 7za 7zr 7zz rar unrar`),
    flag: '-p',
    given: JOINED,
  },
  {
    names:
      wordsIn(`sshpass mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat rdesktop clickhouse-client
      cqlsh influx nats rabbitmqadmin`),
    flag: '-p',
    given: JOINED | APART,
  },
  {
    names: ['docker login', 'podman login', 'nerdctl login', 'registry login', 'az login', 'oc login', 'cf login'],
    flag: '-p',
    given: APART,
  },
  { names: wordsIn('redis-cli valkey-cli keydb-cli'), flag: '-a', given: APART },
  {
    names: wordsIn('ldapsearch ldapmodify ldapadd ldapdelete ldapwhoami ldappasswd ldapcompare'),
    flag: '-w',
    given: JOINED | APART,
  },
  { names: wordsIn('zip unzip zipcloak sqlcmd bcp isql tsql ipmitool ssh-keygen'), flag: '-P', given: JOINED | APART },
  { names: ['ssh-keygen'], flag: '-N', given: APART },
  { names: ['openssl'], flag: '-k', given: APART },
  { names: wordsIn('plink pscp psftp putty'), flag: '-pw', given: APART },
  { names: wordsIn('snmpget snmpwalk snmpset snmpbulkwalk snmpbulkget snmptrap'), flag: '-c', given: APART },
  { names: wordsIn('smbclient rpcclient smbget smbmap'), flag: '-U', given: APART, behind: '%' },
  { names: ['lftp'], flag: '-u', given: APART, behind: ',' },
];

const NAMES: string[] = [];
/** By their first character. */
const BY_FIRST: string[][] = [];
const FLAGS: string[] = [];
enterTools();

function enterTools(): void {
  for (const tool of TOOLS) {
    for (const name of tool.names) addOnce(NAMES, name);
    addOnce(FLAGS, tool.flag);
  }
  for (const name of NAMES) {
    const names = BY_FIRST[codeAt(name, 0)] ?? [];
    names.push(name);
    BY_FIRST[codeAt(name, 0)] = names;
  }
}

function addOnce(list: string[], one: string): void {
  for (let index = 0; index < list.length; index++) if (list[index] === one) return;
  list[list.length] = one;
}

/** `mysql -phunter2`, `sshpass -p hunter2`, `redis-cli -a hunter2`. */
export const commandSecret: Rule = {
  kind: 'command-credentials',
  what: 'Passwords behind flags of one letter, for commands of databases, archives, directories and remote shells',
  source:
    'https://dev.mysql.com/doc/refman/8.4/en/connecting.html, https://redis.io/docs/latest/develop/tools/cli/, the manual pages of the commands',
  anchors: [...NAMES, ...FLAGS],
  match(view, at) {
    if (view.code(at) === DASH) return view.tool.at < 0 ? undefined : secretOf(view, at);
    if (view.isBehind(WORD, at)) return undefined;
    const names = BY_FIRST[view.code(at)];
    for (let index = 0; names !== undefined && index < names.length; index++) {
      const name = names[index] ?? '';
      if (!view.startsWith(name, at) || view.code(at + name.length) !== SPACE) continue;
      view.tool.at = at;
      view.tool.to = at;
      view.tool.name = name;
    }
    return undefined;
  },
};

function secretOf(view: View, at: number): readonly Span[] | undefined {
  const { tool } = view;
  if (view.code(at - 1) !== SPACE) return undefined;
  if (at - tool.at > LONGEST_COMMAND || !goesOn(view, at)) {
    tool.at = -1;
    return undefined;
  }
  for (let index = 0; index < TOOLS.length; index++) {
    const one = TOOLS[index];
    if (one === undefined || !view.startsWith(one.flag, at) || !isOf(one, tool.name)) continue;
    const from = valueStart(view, at + one.flag.length, one.given);
    if (from >= 0) return valueAt(view, from, one.behind);
  }
  return undefined;
}

function isOf(tool: Tool, name: string): boolean {
  for (let index = 0; index < tool.names.length; index++) if (tool.names[index] === name) return true;
  return false;
}

/** -1 where the flag is given no value in a way that it takes. */
function valueStart(view: View, at: number, given: number): number {
  if (view.code(at) !== SPACE) return (given & JOINED) !== 0 && view.code(at) > SPACE ? at : -1;
  if ((given & APART) === 0) return -1;
  let from = at;
  while (from - at < 4 && view.code(from) === SPACE) from++;
  return view.code(from) > SPACE && view.code(from) !== DASH ? from : -1;
}

function valueAt(view: View, at: number, behind: string | undefined): readonly Span[] | undefined {
  let from = at;
  const first = view.code(at);
  const quote = first === DOUBLE || first === SINGLE ? first : -1;
  if (quote >= 0) from++;
  let to = from;
  while (to < view.end && to - from < LONGEST_VALUE) {
    const code = view.code(to);
    if (quote >= 0 ? code === quote || code === LINE_FEED : view.isIn(ENDS, to)) break;
    to++;
  }
  if (behind !== undefined) {
    while (from < to && view.code(from) !== codeAt(behind, 0)) from++;
    from++;
  }
  return from >= to || isStandIn(view, from, to) ? undefined : [{ from, to }];
}

/** No line and no command has ended since it began. Reads on from where it stopped before. */
function goesOn(view: View, at: number): boolean {
  const { tool } = view;
  for (; tool.to < at; tool.to++) {
    const code = view.code(tool.to);
    if (code === BAR || code === SEMICOLON) return false;
    if (code === LINE_FEED && view.code(tool.to - 1) !== BACKSLASH) return false;
  }
  return true;
}

const LINE_FEED = 10;
const SPACE = 32;
const DOUBLE = 34;
const SINGLE = 39;
const DASH = 45;
const SEMICOLON = 59;
const BACKSLASH = 92;
const BAR = 124;
