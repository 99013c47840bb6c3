import { digitsIn, isLuhn, isRepeated } from './checks.ts';
import type { Id, IdFormat } from './format.ts';

const LETTER_X = 33;

/** At least six digits besides the zeros at its beginning: a smaller number is a count of calls or of devices. */
function isPhone(id: Id, length: number): boolean {
  if (length > 15 || digitsIn(id, length) !== length || isRepeated(id, length)) return false;
  let zeros = 0;
  while (id[zeros] === 0) zeros++;
  return length - zeros >= 6;
}

/** Cards begin with 89, devices of CDMA with a letter, and countries of subscribers with 2 to 7. */
function isSubscriber(id: Id, length: number): boolean {
  if (length >= 18) return id[0] === 8 && id[1] === 9;
  if (digitsIn(id, length) < length) {
    for (let index = 0; index < length; index++) if ((id[index] ?? 0) > 15) return false;
    return (id[0] ?? 0) > 9;
  }
  return !isRepeated(id, length) && ((id[0] ?? 0) > 1 || length === 14);
}

/** What is known only under a telling name, and belongs to no country. */
export const CONTACTS: readonly IdFormat[] = [
  {
    kind: 'phone',
    what: 'Telephone numbers without a calling code',
    source: 'ITU-T E.164: at most 15 digits; E.123, national notation',
    shapes: [],
    names: `phone phones phonenumber phoneno telephone tel mobile mobilenumber mobileno cellphone cellnumber cell cellular fax msisdn whatsapp telefon telefono telefone téléphone telefonnummer handy handynummer celular móvil contactnumber caller`,
    isValid: isPhone,
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
    // Without the check digit, with it, and with the number of the software in its place.
    shapes: ['99999999999999', '999999999999999', '9999999999999999'],
    anywhere: ['99-999999-999999-9'],
    names: 'imei imeisv',
    isValid: (id, length) => (length !== 15 || isLuhn(id, 0, 15)) && !isRepeated(id, length),
  },
  {
    kind: 'imei',
    what: 'Numbers of subscribers, SIM cards and CDMA devices: IMSI, ICCID, MEID',
    source: 'ITU-T E.212, section 6; ITU-T E.118, section 5.1; 3GPP2 S.R0048-A, section 4',
    shapes: [
      ...['99999999999999', '999999999999999', 'XXXXXXXXXXXXXX'],
      ...['999999999999999999', '9999999999999999999', '99999999999999999999'],
    ],
    names: 'imsi iccid simnumber simserial simserialnumber meid esn',
    isValid: isSubscriber,
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
