import { stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { SettingsError } from '../settings.ts';
import { type Certificate, type CertificateFiles, codeOf, readCertificate } from './certificate.ts';
import { useCertificate } from './tls.ts';

/** Milliseconds between two looks at the files: a renewed certificate is in use within them. */
const LOOK_EVERY = 5000;
const DAY = 86_400_000;
/**
 * Milliseconds before its end from which on a certificate is warned of: whoever renews it has failed by then. Of one that
 * lives for days or hours only the last third.
 */
const EXPIRES_SOON = 14 * DAY;

export interface ServedCertificateOptions {
  readonly files: CertificateFiles;
  readonly clock: Clock;
  readonly log: Log;
}

/** The certificate that a broker serves with, and its successors. */
export interface ServedCertificate {
  /** The one in use. */
  readonly current: Certificate;
  /** From here on new connections get what lies in the files. `onRead` is told of each new pair, once it is found. */
  watch(server: Server, onRead: (outcome: 'replaced' | 'refused') => void): void;
  /** Reads the files now, whether they seem changed or not, and says what came of it. Never rejects. */
  reload(): Promise<void>;
  stop(): void;
}

/**
 * Looks for a renewed pair, by `stat`: `fs.watch` sees neither a mounted secret whose link is swapped nor a network file
 * system. What cannot be used is logged once, and the pair in use stays. Rejects with SettingsError where the first one
 * cannot be used.
 */
export async function openCertificate({ files, clock, log }: ServedCertificateOptions): Promise<ServedCertificate> {
  let current = await readCertificate(files);
  let take = (_next: Certificate) => {};
  let onRead = (_outcome: 'replaced' | 'refused') => {};
  /** The files as they were when they were last read well. */
  let seen: string | undefined;
  /** What was wrong at the last look, and what was told of it. */
  let wrong: string | undefined;
  let told: string | undefined;
  let warned: { state: string; at: number } | undefined;
  let stopped = false;
  let cancel = () => {};

  async function look(asked: boolean): Promise<void> {
    try {
      const now = await stamp(files);
      if (!asked && now === seen) return;
      const read = await readCertificate(files);
      seen = now;
      wrong = told = undefined;
      if (!read.cert.equals(current.cert) || !read.key.equals(current.key)) replace(read);
      else if (asked) log.info(described(current), 'the certificate was read again and is the same');
    } catch (error) {
      refuse(error, asked);
    }
  }

  function replace(next: Certificate): void {
    const samePin = next.pin === current.pin;
    take(next);
    current = next;
    warned = undefined;
    onRead('replaced');
    // Agents that pin the former key and no other stay away from here on.
    log.info({ ...described(next), samePin }, 'the certificate was replaced');
  }

  /** Two files are never replaced in one step, so what is wrong counts at the second look. */
  function refuse(error: unknown, asked: boolean): void {
    const reason = error instanceof SettingsError ? error.message : `the files cannot be looked at (${codeOf(error)})`;
    const lasting = asked || reason === wrong;
    wrong = reason;
    if (!lasting || (reason === told && !asked)) return;
    told = reason;
    onRead('refused');
    log.error({ reason, ...described(current) }, 'the new certificate cannot be used: the one before stays');
  }

  /** Once, once a day again, and when it becomes worse. */
  function warnOfExpiry(): void {
    const state = expiryOf(current, clock.now());
    if (state === undefined) return;
    if (warned?.state === state && clock.now() - warned.at < DAY) return;
    warned = { state, at: clock.now() };
    log.warn(described(current), state);
  }

  let looking = Promise.resolve();
  /** One after the other: a signal may come while a look is under way. */
  function next(asked: boolean): Promise<void> {
    looking = looking.then(() => look(asked)).then(warnOfExpiry);
    return looking;
  }

  function later(): void {
    if (!stopped) cancel = clock.later(LOOK_EVERY, () => void next(false).then(later));
  }

  return {
    get current() {
      return current;
    },
    watch(server, whenRead) {
      take = (certificate) => useCertificate(server, certificate);
      onRead = whenRead;
      warnOfExpiry();
      later();
    },
    reload: () => next(true),
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** What is wrong with the time of a certificate; undefined where nothing is. */
function expiryOf({ validFrom, validUntil }: Certificate, now: number): string | undefined {
  if (now >= validUntil) return 'the certificate has expired: nobody who checks it connects any more';
  if (validUntil - now < Math.min(EXPIRES_SOON, (validUntil - validFrom) / 3))
    return 'the certificate expires soon: renew it';
  if (now < validFrom) return 'the certificate is not valid yet: is the clock right?';
  return undefined;
}

function described({ validUntil, pin }: Certificate): { validUntil: string; pin: string } {
  return { validUntil: new Date(validUntil).toISOString(), pin };
}

/** Differs whenever one of the files was written, replaced, or is reached through another link. */
async function stamp({ cert, key }: CertificateFiles): Promise<string> {
  const stats = await Promise.all([cert, key].map((file) => stat(file, { bigint: true })));
  return stats.map(({ dev, ino, size, mtimeNs, ctimeNs }) => [dev, ino, size, mtimeNs, ctimeNs].join()).join(' ');
}
