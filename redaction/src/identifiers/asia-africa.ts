import {
  characterOf,
  digit,
  isLuhn,
  isMonthAndDay,
  isOneOf,
  isRepeated,
  isVerhoeff,
  isYearFirst,
  number,
  weighted,
} from './checks.ts';
import type { Id, IdFormat } from './format.ts';

const LETTER_A = 10;

function isAadhaar(id: Id): boolean {
  return digit(id, 0) > 1 && isVerhoeff(id, 12) && !isRepeated(id, 12);
}

/** The fourth letter tells the kind of holder. */
function isPan(id: Id): boolean {
  return isOneOf('ABCEFGHJKLPT', id, 3);
}

/** Codes of the states, of other territories, of the centre. */
function isGstin(id: Id): boolean {
  const state = number(id, 0, 2);
  return ((state >= 1 && state <= 38) || state === 97 || state === 99) && isOneOf('Z', id, 13);
}

/** Provinces are 11 to 65, then Taiwan, Hong Kong and Macao. */
function isChinese(id: Id): boolean {
  const province = number(id, 0, 2);
  const century = number(id, 6, 2);
  if (province < 11 || (province > 65 && province !== 71 && province !== 81 && province !== 82 && province !== 83))
    return false;
  if (century < 18 || century > 20 || !isMonthAndDay(number(id, 10, 2), number(id, 12, 2))) return false;
  const sum = weighted(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return characterOf('10X98765432', sum % 11) === id[17];
}

function isNric(id: Id): boolean {
  const series = digit(id, 0) + 55;
  let sum = weighted(id, [2, 7, 6, 5, 4, 3, 2], 1);
  if (series === SERIES_S || series === SERIES_T) {
    if (series === SERIES_T) sum += 4;
    return characterOf('JZIHGFEDCBA', sum % 11) === id[8];
  }
  if (series === SERIES_F || series === SERIES_G) {
    if (series === SERIES_G) sum += 4;
    return characterOf('XWUTRQPNMLK', sum % 11) === id[8];
  }
  return series === SERIES_M && characterOf('XWUTRQPNJLK', (sum + 3) % 11) === id[8];
}

const SERIES_F = 70;
const SERIES_G = 71;
const SERIES_M = 77;
const SERIES_S = 83;
const SERIES_T = 84;

/** One letter counts as if a blank, 36, stood before it. */
function isHongKong(id: Id, length: number): boolean {
  let sum = length === 8 ? 36 * 9 : digit(id, 0) * 9;
  const at = length - 8;
  for (let index = 0; index < 7; index++) sum += digit(id, at + index) * (8 - index);
  const check = digit(id, length - 1);
  return check <= LETTER_A && (sum + check) % 11 === 0;
}

/** Two digits for each letter. */
const TAIWAN = [
  ...[10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33],
];

function isTaiwanese(id: Id): boolean {
  const area = TAIWAN[digit(id, 0) - LETTER_A] ?? 0;
  const kind = digit(id, 1);
  if (kind !== 1 && kind !== 2 && kind !== 8 && kind !== 9) return false;
  return (((area / 10) | 0) + (area % 10) * 9 + weighted(id, [8, 7, 6, 5, 4, 3, 2, 1, 1], 1)) % 10 === 0;
}

const KOREAN = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/** Numbers since October 2020 have no check digit. */
function isKorean(id: Id): boolean {
  return isYearFirst(id, 0);
}

function isKoreanAnywhere(id: Id): boolean {
  const kind = digit(id, 6);
  if (!isYearFirst(id, 0) || kind < 1 || kind > 8) return false;
  const rest = weighted(id, KOREAN) % 11;
  return (kind < 5 ? (11 - rest) % 10 : (13 - rest) % 10) === id[12];
}

function isKoreanBusiness(id: Id): boolean {
  const sum = weighted(id, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + (((digit(id, 8) * 5) / 10) | 0);
  return number(id, 0, 3) > 100 && (10 - (sum % 10)) % 10 === id[9];
}

function isMyNumber(id: Id): boolean {
  const rest = weighted(id, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === id[11] && !isRepeated(id, 12);
}

function isThai(id: Id): boolean {
  const check = (11 - (weighted(id, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10;
  return digit(id, 0) > 0 && digit(id, 0) < 9 && check === id[12] && !isRepeated(id, 13);
}

/** The place of birth: states, then countries. */
function isMalaysian(id: Id): boolean {
  const place = number(id, 6, 2);
  return isYearFirst(id, 0) && place > 0 && place !== 17 && place !== 18 && place !== 19 && place !== 20;
}

/** Days of women are 40 more. */
function isIndonesian(id: Id): boolean {
  const day = number(id, 6, 2);
  return number(id, 0, 2) >= 11 && isMonthAndDay(number(id, 8, 2), day > 40 ? day - 40 : day);
}

/** The year of birth in two digits, or in four, which is enough only with the day of the year, 500 more for women. */
function isLankan(id: Id, length: number): boolean {
  if (length === 10) return id[0] !== 0 && isOneOf('VX', id, 9);
  const day = number(id, 4, 3) % 500;
  return day >= 1 && day <= 366;
}

/** Before 1999: without the century, and without a check. */
function isOldChinese(id: Id): boolean {
  const province = number(id, 0, 2);
  return province >= 11 && province <= 82 && isYearFirst(id, 6);
}

function isIranian(id: Id): boolean {
  const rest = weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? rest : 11 - rest) === id[9] && !isRepeated(id, 10);
}

function isTurkish(id: Id): boolean {
  if (id[0] === 0) return false;
  const odd = weighted(id, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(id, [0, 1, 0, 1, 0, 1, 0, 1]);
  return (odd * 7 - even + 100) % 10 === id[9] && (odd + even + digit(id, 9)) % 10 === id[10];
}

/** Date of birth, century first. */
function isEgyptian(id: Id): boolean {
  return (id[0] === 2 || id[0] === 3) && isYearFirst(id, 1);
}

/** Date of birth, serial number, citizenship, a digit that is no longer used, Luhn. */
function isSouthAfrican(id: Id): boolean {
  return isYearFirst(id, 0) && digit(id, 10) <= 2 && isLuhn(id, 0, 13);
}

function isSouthAfricanAnywhere(id: Id): boolean {
  return digit(id, 11) >= 8 && isSouthAfrican(id);
}

const RESIDENTS =
  'Enforcement rules of the Resident Registration Act, article 2; https://en.wikipedia.org/wiki/Resident_registration_number';
const HOME_AFFAIRS =
  'Department of Home Affairs, Identification Act 68 of 1997; Luhn formula; https://www.dha.gov.za/index.php/identity-documents2';

export const ASIA_AFRICA: readonly IdFormat[] = [
  {
    what: 'Aadhaar (IN)',
    source:
      'UIDAI, a UID numbering scheme for India: Verhoeff; https://web.archive.org/web/20140611025606/http://uidai.gov.in/UID_PDF/Working_Papers/A_UID_Numbering_Scheme.pdf',
    shapes: ['999999999999'],
    anywhere: ['9999 9999 9999', '9999-9999-9999', '9999:9999:9999'],
    names: 'aadhaar aadhar uidai aadhaarnumber aadhaarno',
    isValid: isAadhaar,
  },
  {
    what: 'Permanent account number (IN)',
    source:
      'Income Tax Department of India, structure of the PAN; https://incometaxindia.gov.in/tutorials/1.permanent%20account%20number%20(pan).pdf',
    shapes: ['AAAAA9999A'],
    anywhere: ['AAAAA9999A'],
    names: 'pan pannumber panno pancard permanentaccountnumber',
    isValid: isPan,
  },
  {
    what: 'GSTIN (IN)',
    source:
      'Central Goods and Services Tax Rules, 2017, rule 10; https://en.wikipedia.org/wiki/Goods_and_Services_Tax_(India)',
    shapes: ['99AAAAA9999AXAX'],
    anywhere: ['99AAAAA9999AXAX'],
    names: 'gstin gst',
    isValid: isGstin,
  },
  {
    what: 'Voter card (IN)',
    source:
      'Election Commission of India, EPIC: three letters and seven digits; https://en.wikipedia.org/wiki/Voter_ID_(India)',
    shapes: ['AAA9999999'],
    names: 'voter voterid epic votercard',
    isValid: () => true,
  },
  {
    what: 'Resident identity number (CN)',
    source: 'GB 11643-1999; ISO/IEC 7064, MOD 11-2; https://en.wikipedia.org/wiki/Resident_Identity_Card',
    shapes: ['99999999999999999X'],
    anywhere: ['99999999999999999X'],
    names: 'residentid idcard shenfenzheng sfz identitycard 身份证 身份证号',
    isValid: isChinese,
  },
  {
    what: 'Resident identity number of the first generation (CN)',
    source: 'GB 11643-1989: fifteen digits',
    shapes: ['999999999999999'],
    names: 'residentid idcard shenfenzheng sfz identitycard 身份证 身份证号',
    isValid: isOldChinese,
  },
  {
    what: 'NRIC and FIN (SG)',
    source:
      'National Registration Act of Singapore; check letter by modulus 11; https://en.wikipedia.org/wiki/National_Registration_Identity_Card',
    shapes: ['A9999999A'],
    anywhere: ['A9999999A'],
    names: 'nric fin nricno nricnumber',
    isValid: isNric,
  },
  {
    what: 'UEN (SG)',
    source: 'https://www.uen.gov.sg/ueninternet/faces/pages/admin/aboutUEN.jspx',
    shapes: ['99999999A', '999999999A', 'A99AA9999A'],
    names: 'uen uniqueentitynumber',
    isValid: () => true,
  },
  {
    what: 'Identity card (HK)',
    source:
      'Registration of Persons Regulations, Cap. 177A; check digit by modulus 11; https://en.wikipedia.org/wiki/Hong_Kong_identity_card',
    shapes: ['A999999X', 'AA999999X'],
    anywhere: ['A999999(X)', 'AA999999(X)'],
    names: 'hkid identitycard idcard',
    isValid: isHongKong,
  },
  {
    what: 'National identification number (TW)',
    source: 'Household Registration Act of Taiwan; check digit by modulus 10',
    shapes: ['A999999999'],
    names: 'identitycard idcard nationalid natid taiwanid arc arcnumber 身分證 身分證字號',
    isValid: isTaiwanese,
  },
  {
    what: 'Resident and foreigner registration number (KR)',
    source: RESIDENTS,
    shapes: ['9999999999999'],
    names: 'rrn frn residentregistration residentregistrationnumber jumin 주민등록번호 외국인등록번호',
    isValid: isKorean,
  },
  {
    what: 'The same with its dash and check digit (KR)',
    source: RESIDENTS,
    shapes: [],
    anywhere: ['999999-9999999'],
    names: '',
    isValid: isKoreanAnywhere,
  },
  {
    what: 'Business registration number (KR)',
    source:
      'National Tax Service of Korea, check digit; https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/Korea-TIN.pdf',
    shapes: ['9999999999'],
    anywhere: ['999-99-99999'],
    names: 'brn businessregistration 사업자등록번호',
    isValid: isKoreanBusiness,
  },
  {
    what: 'Driver license (KR)',
    source: 'Korean Road Traffic Authority: region, year, serial number, check',
    shapes: ['999999999999'],
    names: 'driverlicense driverslicense licensenumber 운전면허',
    isValid: (id) => number(id, 0, 2) >= 11 && number(id, 0, 2) <= 28,
  },
  {
    what: 'My Number (JP)',
    source:
      'Ordinance 85 of 2014 of the Ministry of Internal Affairs, article 5; https://en.wikipedia.org/wiki/Individual_Number',
    shapes: ['999999999999'],
    names: 'mynumber individualnumber kojinbango 個人番号 マイナンバー',
    isValid: isMyNumber,
  },
  {
    what: 'Citizen’s number (TH)',
    source:
      'Bureau of Registration Administration: check digit by modulus 11; https://en.wikipedia.org/wiki/Thai_identity_card',
    shapes: ['9999999999999'],
    anywhere: ['9-9999-99999-99-9', '9 9999 99999 99 9'],
    names: 'thaiid tnin citizenid citizen nationalid เลขประจำตัวประชาชน บัตรประชาชน',
    isValid: isThai,
  },
  {
    what: 'MyKad (MY)',
    source:
      'National Registration Regulations 1990: date of birth, place, serial number; https://en.wikipedia.org/wiki/Malaysian_identity_card',
    shapes: ['999999999999'],
    anywhere: ['999999-99-9999'],
    names: 'mykad nric nricno nricnumber kadpengenalan icnumber icno nokp',
    isValid: isMalaysian,
  },
  {
    what: 'NIK (ID)',
    source:
      'Law 24 of 2013 on the administration of the population; https://id.wikipedia.org/wiki/Nomor_Induk_Kependudukan',
    shapes: ['9999999999999999'],
    names: 'nik ktp nomorindukkependudukan',
    isValid: isIndonesian,
  },
  {
    what: 'Taxpayer number (PH)',
    source: 'Bureau of Internal Revenue: nine digits, and those of the branch',
    shapes: ['999999999', '999999999999', '99999999999999'],
    names: 'tin taxpayer',
    isValid: (id, length) => !isRepeated(id, length),
  },
  {
    what: 'Citizen’s number (VN)',
    source: 'Decree 137/2015: twelve digits',
    shapes: ['999999999999'],
    names: 'cccd cmnd cancuoc cancuoccongdan',
    isValid: (id) => id[0] === 0,
  },
  {
    what: 'Mã số thuế (VN)',
    source: 'Thông tư 105/2020/TT-BTC, article 5: ten digits with a check by modulus 11, and three of the branch',
    shapes: ['9999999999', '9999999999999'],
    names: 'mst masothue masothuedn taxcode',
    isValid: (id) => 10 - (weighted(id, [31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11) === id[9],
  },
  {
    what: 'Identity card (LK)',
    source:
      'Department for Registration of Persons: year and day of birth; https://en.wikipedia.org/wiki/National_identity_card_(Sri_Lanka)',
    shapes: ['999999999A', '999999999999'],
    names: 'nic identitycard idcard nationalid',
    isValid: isLankan,
  },
  {
    what: 'CNIC (PK)',
    source: 'NADRA: region, family, sex; https://www.nadra.gov.pk/identity/identity-cnic/',
    shapes: ['9999999999999'],
    anywhere: ['99999-9999999-9'],
    names: 'cnic nicop identitycard',
    isValid: (id) => digit(id, 0) > 0 && digit(id, 0) < 9,
  },
  {
    what: 'National code (IR)',
    source: 'National Organization for Civil Registration: check digit by modulus 11',
    shapes: ['9999999999'],
    names: 'kodemelli codemelli nationalcode melli کدملی',
    isValid: isIranian,
  },
  {
    what: 'T.C. kimlik numarası (TR)',
    source: 'Nüfus Hizmetleri Kanunu 5490; two check digits; https://tckimlik.nvi.gov.tr/',
    shapes: ['99999999999'],
    names: 'tckn tckimlik tckimlikno kimlik kimlikno turkishid tcno',
    isValid: isTurkish,
  },
  {
    what: 'Identity number (IL)',
    source:
      'Population Registry Law, 1965; Luhn formula; https://en.wikipedia.org/wiki/National_identification_number#Israel',
    // Without its leading zeros where it was kept as a number.
    shapes: ['999999999', '99999999', '9999999'],
    names: 'teudatzehut tz israeliid identitycard מספרזהות תעודתזהות',
    isValid: (id, length) => (length > 7 || id[0] !== 0) && isLuhn(id, 0, length) && !isRepeated(id, length),
  },
  {
    what: 'Emirates ID (AE)',
    source: 'Federal Authority for Identity and Citizenship; Luhn formula',
    shapes: ['999999999999999'],
    anywhere: ['784-9999-9999999-9'],
    names: 'emiratesid emirates',
    isValid: (id) => number(id, 0, 3) === 784 && isLuhn(id, 0, 15),
  },
  {
    what: 'National and resident identity (SA)',
    source: 'Ministry of Interior of Saudi Arabia; Luhn formula',
    shapes: ['9999999999'],
    names: 'iqama saudiid nationalid',
    isValid: (id) => (id[0] === 1 || id[0] === 2) && isLuhn(id, 0, 10),
  },
  {
    what: 'National number (EG)',
    source: 'Civil Status Law 143 of 1994: century, date of birth, governorate',
    shapes: ['99999999999999'],
    names: 'raqamqawmi nationalnumber egyptianid الرقمالقومي',
    isValid: isEgyptian,
  },
  {
    what: 'Identity number (ZA)',
    source: HOME_AFFAIRS,
    shapes: ['9999999999999'],
    names: 'said southafricanid rsaid identitynumber',
    isValid: isSouthAfrican,
  },
  {
    what: 'The same, where it is no time in milliseconds (ZA)',
    source: HOME_AFFAIRS,
    shapes: [],
    anywhere: ['9999999999999', '999999 9999 999'],
    // Times in milliseconds begin with 1.
    first: '023456789',
    names: '',
    isValid: isSouthAfricanAnywhere,
  },
  {
    what: 'National identification number (NG)',
    source: 'NIMC Act 2007: eleven digits that tell nothing',
    shapes: ['99999999999'],
    names: 'nin bvn nationalidentificationnumber bankverificationnumber',
    isValid: (id) => !isRepeated(id, 11),
  },
  {
    what: 'National identification number (LY)',
    source: 'Civil Registry Authority of Libya: twelve digits, of which the first tells the sex',
    shapes: ['999999999999'],
    names: 'libyanid nationalno identitycard',
    isValid: (id) => (id[0] === 1 || id[0] === 2) && !isRepeated(id, 12),
  },
  {
    what: 'Identity card (TN)',
    source: 'Loi 93-27 on the national identity card: eight digits',
    shapes: ['99999999'],
    names: 'cin identitycard carteidentite numerocin',
    isValid: (id) => !isRepeated(id, 8),
  },
  {
    what: 'Common reference number, social security, health insurance, housing fund (PH)',
    source: 'Executive Order 420 of 2005; Republic Acts 11199 and 7875: ten or twelve digits',
    shapes: ['9999999999', '999999999999'],
    names: 'umid crn sssnumber sssno philhealth philhealthnumber philhealthno pagibig pagibignumber',
    isValid: (id, length) => !isRepeated(id, length),
  },
  {
    what: 'Registration of companies (ZA)',
    source: 'CIPC: year, number, kind of the company',
    shapes: ['999999999999', 'A9999999999', 'A999999999999'],
    names: 'companyregistration companyregistrationnumber companyregistrationno cipc cipcnumber',
    isValid: (id, length) => length === 11 || number(id, length - 12, 2) === 19 || number(id, length - 12, 2) === 20,
  },
];
