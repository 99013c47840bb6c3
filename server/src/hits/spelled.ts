import type { CapturedValue, Property } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';

/** A list of fewer numbers spells nothing that a rule would know. */
const FEWEST_NUMBERS = 8;

/** Whether these are the bytes of a text in which something has to be hidden, as `[...buffer]` makes them. */
export function spellsSecret(redactor: Redactor, items: readonly CapturedValue[]): boolean {
  if (items.length < FEWEST_NUMBERS || redactor.mode === 'off') return false;
  let text = '';
  for (const item of items) {
    if (item.type !== 'number' || !isByte(item.value)) return false;
    text += String.fromCharCode(item.value);
  }
  return redactor.text(text) !== undefined;
}

/** The same with their places as names, as a Uint8Array is in JSON. */
export function propertiesSpell(redactor: Redactor, properties: readonly Property[]): boolean {
  const end = properties.findIndex(({ name }, index) => name !== String(index));
  return spellsSecret(
    redactor,
    properties.slice(0, end < 0 ? properties.length : end).map(({ value }) => value),
  );
}

function isByte(value: number | string): value is number {
  return typeof value === 'number' && value >= 0 && value <= 255 && Number.isInteger(value);
}
