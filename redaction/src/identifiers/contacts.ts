import { digitsIn, isLuhn, isRepeated } from './checks.ts';
import type { IdFormat } from './format.ts';

const LETTER_X = 33;

/** What is known only under a telling name, and belongs to no country. */
export const CONTACTS: readonly IdFormat[] = [
  {
    kind: 'phone',
    what: 'Telephone numbers without a calling code',
    source: 'ITU-T E.164: at most 15 digits; E.123, national notation',
    shapes: [],
    names: `phone phones phonenumber phoneno telephone tel mobile mobilenumber mobileno cellphone cellnumber cell cellular fax msisdn whatsapp telefon telefono telefone téléphone telefonnummer handy handynummer celular móvil contactnumber caller`,
    isValid: (id, length) => length >= 6 && length <= 15 && digitsIn(id, length) === length && !isRepeated(id, length),
  },
  {
    kind: 'crypto-wallet',
    what: 'Ethereum addresses without a checksum',
    source: 'EIP-55',
    shapes: [],
    names: `wallet walletaddress eth ethereum ethaddress ethereumaddress evmaddress recipientaddress senderaddress contractaddress wallets toaddress fromaddress cryptoaddress`,
    isValid: (id, length) => {
      if (length !== 42 || id[0] !== 0 || id[1] !== LETTER_X) return false;
      for (let index = 2; index < 42; index++) if ((id[index] ?? 0) > 15) return false;
      return true;
    },
  },
  {
    kind: 'imei',
    what: 'Numbers of mobile devices',
    source: '3GPP TS 23.003, section 6.2; Luhn formula',
    shapes: ['999999999999999', '9999999999999999'],
    anywhere: ['99-999999-999999-9'],
    names: 'imei imeisv',
    isValid: (id, length) => (length === 16 || isLuhn(id, 0, 15)) && !isRepeated(id, length),
  },
  {
    what: 'Number plates',
    source: 'Convention on Road Traffic (Vienna, 1968), annex 2: numerals, or numerals and capital letters',
    shapes: [],
    names: `licenseplate licenceplate numberplate registrationplate platenumber plateno vehicleregistration vehiclereg
      vehicleregistrationnumber kfzkennzeichen kennzeichen kfz plaka targa matriculation`,
    isValid: (id, length) => length <= 10 && digitsIn(id, length) >= 1 && digitsIn(id, length) < length,
  },
];
