const FORM = /^sha256\/[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Pins that one setting may list: the key in use, the next ones, and no whole directory of keys. */
const MOST_PINS = 10;

/**
 * The pins of a comma separated list, in the form of RFC 7469 (section 2.4): `sha256/` and the base64 of the SHA-256 of a
 * SubjectPublicKeyInfo. Undefined where one of them has another form, or where there are none or more than 10.
 */
export function parsePins(text: string): string[] | undefined {
  const pins = text.split(',').map((pin) => pin.trim());
  return pins.length <= MOST_PINS && pins.every((pin) => FORM.test(pin)) ? pins : undefined;
}
