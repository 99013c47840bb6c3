import { own } from '../intrinsics.ts';
import { AMERICAS } from './americas.ts';
import { ASIA_AFRICA } from './asia-africa.ts';
import { BANK_ACCOUNT, BANK_ACCOUNTS } from './bank-accounts.ts';
import { BUSINESSES } from './businesses.ts';
import { CONTACTS } from './contacts.ts';
import { DOCUMENTS } from './documents.ts';
import { EUROPE_NORTH } from './europe-north.ts';
import { EUROPE_WEST } from './europe-west.ts';
import { type IdFormat, NATIONAL_ID } from './format.ts';
import { INSURANCE } from './insurance.ts';
import { OCEANIA } from './oceania.ts';
import { ROMANCE } from './romance.ts';
import { TAXPAYERS } from './taxpayers.ts';
import { VALUE_ADDED_TAX } from './value-added-tax.ts';

export const FORMATS: readonly IdFormat[] = [
  ...AMERICAS,
  ...EUROPE_WEST,
  ...EUROPE_NORTH,
  ...ASIA_AFRICA,
  ...OCEANIA,
  ...ROMANCE,
  ...VALUE_ADDED_TAX,
  ...TAXPAYERS,
  ...DOCUMENTS,
  ...INSURANCE,
  ...BUSINESSES,
  ...BANK_ACCOUNTS,
  ...CONTACTS,
];

/** Kinds of which there are few enough values to go through all of them; wallets are none of those. */
export const ENUMERABLE_KINDS: readonly string[] = [
  NATIONAL_ID,
  'us-ssn',
  'bank-routing',
  BANK_ACCOUNT,
  'npi',
  'phone',
  'imei',
];

/** Names that say that it is a person's number, and not which one. */
const GENERAL = `idnumber idno identitynumber identityno identificationnumber identitydocument personalnumber personalno personalid
  personalcode personnumber nationalnumber nationalidentity taxnumber taxno citizennumber residentnumber insurancenumber
  idcard idcardno idcardnumber identitycard identitycardno identitycardnumber identificationcard nationalidcard idnr
  nationalidentifier identificacion numeroidentificacion numerodeidentificacion
  nationalid nationalidnumber taxid taxidentificationnumber taxpayerid numerodocumento numerodedocumento documentoidentidad documentodeidentidad`;

/** Names, separated by white space, under which a value is hidden where it is valid for the formats. */
type Telling = (names: string, formats: readonly IdFormat[]) => void;

/** Hands over all names that tell; some come several times. Runs nothing that the application may have replaced. */
export function eachTelling(telling: Telling): void {
  /** What a general name may mean: numbers of persons that have a shape. */
  const persons: IdFormat[] = [];
  for (let index = 0; index < FORMATS.length; index++) {
    const format = FORMATS[index];
    if (format === undefined) continue;
    telling(format.names, [format]);
    if (own(format, 'kind') === undefined && format.shapes.length > 0) persons[persons.length] = format;
  }
  telling(GENERAL, persons);
}
