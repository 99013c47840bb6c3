import { digit, digitsIn, isOneOf, isRepeated, number } from './checks.ts';
import type { Id, IdFormat } from './format.ts';

const LETTER_A = 10;
const LETTER_B = 11;
const LETTER_G = 16;

/**
 * A country prefix, or none; most of it digits. With the prefix of IS, RO or SM it may be shorter, and with any longer.
 * Without one, three zeros at the end are those of an amount.
 */
function isVat(id: Id, length: number): boolean {
  const digits = digitsIn(id, length);
  const isShort =
    (isOneOf('I', id, 0) && isOneOf('S', id, 1)) ||
    (isOneOf('R', id, 0) && isOneOf('O', id, 1)) ||
    (isOneOf('S', id, 0) && isOneOf('M', id, 1));
  if (isShort && length === 7) return digits === 5;
  if (length > 15) return length <= 18 && digits >= 7 && digit(id, 0) >= LETTER_A && digit(id, 1) >= LETTER_A;
  let zeros = 0;
  while (zeros < length && id[zeros] === 0) zeros++;
  if (digits === length && number(id, length - 3, 3) === 0) return false;
  // An amount in cents that was kept as a number is tried with zeros before it.
  return length - zeros >= 8 && digits >= 7 && !isRepeated(id, length);
}

/** Where the name says that it is a number and no amount: also the short ones of small countries and of offices (GB). */
function isVatNumber(id: Id, length: number): boolean {
  const digits = digitsIn(id, length);
  if (id[0] === LETTER_G && id[1] === LETTER_B && length === 7) return digits === 3;
  return length <= 18 && digits >= 5 && !isRepeated(id, length);
}

/** Names of the tax are also names of amounts of it: those ask for more. */
export const VALUE_ADDED_TAX: readonly IdFormat[] = [
  {
    what: 'Value added tax numbers (EU, GB, CH, NO)',
    source:
      'Directive 2006/112/EC, article 215; VIES, structure of the numbers; https://ec.europa.eu/taxation_customs/vies/',
    shapes: [],
    names: 'vat mwst tva btw gst gstin tin kbo moms ddv pvn vsk dic dič',
    isValid: isVat,
  },
  {
    what: 'The same, and those of other countries, where the name says that it is a number',
    source:
      'Directive 2006/112/EC, article 215; https://gov.uk/guidance/vat-registration; numbers of five to eighteen characters',
    shapes: [],
    names: `vatid vatnumber vatno vatcode vatregistration vatregistrationnumber vatidentificationnumber vatin ustid ustidnr
      ustidnummer umsatzsteuerid mwstnr mwstnummer uidnummer numerotva tvanumber btwnummer btwnr momsnummer
      momsnr gstnumber gstno umsatzsteueridentifikationsnummer mehrwertsteuernummer momsregistreringsnummer
      arvonlisaveronumero kmkr kmkrnumber pvmkodas pvmmoketojokodas icdph danoveidentifikacnicislo idzaddv
      vsknumer ondernemingsnummer kbonummer enterprisenumber tvaintracom tvaintracommunautaire numerotvaintracommunautaire
      kozossegiadoszam közösségiadószám adoszam adószám vtal codidentificarefiscala codulidentificarefiscala vatreg vatregno valueaddedtaxnumber valueaddedtaxregistrationnumber atunummer`,
    isValid: isVatNumber,
  },
];
