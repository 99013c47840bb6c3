import type { Finding, RedactedText, Redactor } from '@borescope/redaction';

/** Of a text at which the redaction itself failed. */
export const FAILED_KIND = 'redaction-failed';
const FAILED: RedactedText = {
  text: `[redacted:${FAILED_KIND}]`,
  findings: [{ kind: FAILED_KIND, of: 'string' }],
  whole: true,
};

/** A redactor that fails closed: where it throws, the value is hidden whole, under the kind `redaction-failed`. */
export function guardRedactor(redactor: Redactor): Redactor {
  const guarded: Redactor = {
    mode: redactor.mode,
    name(name) {
      try {
        return redactor.name(name);
      } catch {
        return FAILED_KIND;
      }
    },
    hide(kind, of, text) {
      try {
        return redactor.hide(kind, of, text);
      } catch {
        return { kind: FAILED_KIND, of };
      }
    },
    text(text, shown): RedactedText | undefined {
      try {
        return redactor.text(text, shown);
      } catch {
        return FAILED;
      }
    },
    label(text, shown): RedactedText | undefined {
      try {
        return redactor.label(text, shown);
      } catch {
        return FAILED;
      }
    },
    number(value): Finding | undefined {
      try {
        return redactor.number(value);
      } catch {
        return { kind: FAILED_KIND, of: typeof value };
      }
    },
    telling(name) {
      try {
        return redactor.telling(name);
      } catch {
        // `name` fails for the same name, and then hides the value.
        return undefined;
      }
    },
    fits(telling, value) {
      try {
        return redactor.fits(telling, value);
      } catch {
        return FAILED_KIND;
      }
    },
  };
  return guarded;
}
