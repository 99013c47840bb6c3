import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { hides, hidesEverywhere, stays } from './hiding.ts';

/** Examples that the IBAN registry prints, one for each kind of length and of characters. */
const IBANS = `GB33BUKB20201555555555 DE75512108001245126199 FR7630006000011234567890189 NL02ABNA0123456789
  NO9386011117947 MT31MALT01100000000000000000123 BE71096123456769 CH5604835012345678009 PL10105000997603123456789123
  SA4420000001234567891234 BR1500000000000010932840814P2 KW81CBKU0000000000001234560101`.split(/\s+/);

test(proves('redaction:account', 'account numbers are known by country, length and check digits'), () => {
  for (const number of IBANS) {
    hidesEverywhere(number, 'iban');
    hidesEverywhere(number.toLowerCase(), 'iban');
  }
  hides('', 'RE0730006000011234567890189', '', 'iban');
  hides('to ', 'GB33 BUKB 2020 1555 5555 55', ' today', 'iban');
  hides('to ', 'DE75 5121 0800 1245 1261 99', '.', 'iban');
  hides('to ', 'DE75-5121-0800-1245-1261-99', '.', 'iban');
  hides('', 'DE75\u00a05121\u00a00800\u00a01245\u00a01261\u00a099', '', 'iban');
});

test('what looks like an account number and is none stays', () => {
  stays(
    'GB33BUKB20201555555556', // check digits
    'gb33bukb20201555555556',
    'FR76 3000 6000 0112 3456 7890 188',
    'GB33BUKB202015555555551', // length
    'GB33BUKB2020155555555',
    'XX33BUKB20201555555555', // country
    'FR76  3000 6000 0112 3456 7890 189',
    'xGB33BUKB20201555555555',
    'GB33BUKB20201555555555_1',
    'NO93 is the number of the room',
  );
});

/** Addresses that the specifications print. */
const WALLETS =
  `1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa 17VZNX1SN5NtKa8UQFxwQbFeFc3iqRYhem 3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQX
  mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4
  tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7
  bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0
  cosmos1q8w4ur23clxd5mzfsh79vn6pg0kaytje7f8fll stake1qrxfv0j4cm7py82dsnkeulz9gtw35h6aqrxfv0j4cm7py82duxxuc
  addr1qtkpvhzdcrwey069smx3u8jagn7f5l24qtkpvhzdcrwey069smx3u8jagn7f5l24qtkpvhzdcrwey069smx3u8jagn7ff3ypwp
  addr_test1q9205e7rgdjhupxts46lyfwncaz8v3kmq9205e7rgdjhupxts46lyfwncaz8v3kmq9205e7rgdjhupxts46lyfwncaz82yggwm
  t3Vz22vK5z2LcKEdg16Yv4FFneEL1zg9ojd t1XVXWCvpMgBvUaed4XDqWtgQgJSu1Ghz7F
  0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed 0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB`.split(/\s+/);

test(proves('redaction:wallet', 'addresses of wallets are known by their checksums'), () => {
  for (const address of WALLETS) hidesEverywhere(address, 'crypto-wallet');
  for (const address of ['rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', 'rDTXLQ7ZKZVKz33zJbHjgVShjsBnqMBhmN'])
    hidesEverywhere(address, 'crypto-wallet');
});

test(proves('redaction:wallet', 'so are private keys of wallets'), () => {
  const keys = `5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617
    snoPBrXtMeMyMHUVTgbuqAfg1SUTb`.split(/\s+/);
  for (const key of keys) hidesEverywhere(key, 'private-key');
  stays(
    '5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK',
    'KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98618',
    'snoPBrXtMeMyMHUVTgbuqAfg1SUTc',
    'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTi',
  );
});

test('what looks like the address of a wallet and is none stays', () => {
  stays(
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb',
    '3EktnHQD7RiAE6uzMj2ZifT9YgRrkSgzQx',
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1',
    'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8F3T4', // small and capital letters
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
    'cosmos1q8w4ur23clxd5mzfsh79vn6pg0kaytje7f8flq',
    '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed', // no checksum without capitals
    '5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
    '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNaa',
    '3f2504e04f8911d39a0c0305e82c3301',
    '1234567890123456789012345678901234',
  );
});
