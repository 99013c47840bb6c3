import { ALNUM, HEX, LOWER, UPPER } from '../../alphabet.ts';
import { Bytes } from '../../intrinsics.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { wordsIn } from '../../words.ts';
import { ADDRESS, BASE58, isBase58Check, LEDGER_ADDRESS, LEDGER_SEED, WALLET_KEY } from './base58.ts';
import { BECH32, isBech32 } from './bech32.ts';
import { keccak256 } from './keccak256.ts';

const WALLET = 'crypto-wallet';

/** One byte of version, 20 of hash, four of checksum: that many characters in base 58. */
const ADDRESS_BYTES = 25;
const SHORTEST = 26;
const LONGEST = 35;

/** First characters of addresses: Bitcoin and its test network, Litecoin, Dogecoin, Dash, Tron. */
const FIRST = ['1', '3', '2', 'm', 'n', 'L', 'M', 'D', 'X', 'T'];

/** BIP 173 has 90 for a segregated witness address; CIP 19 takes more for one with a part to stake. */
const LONGEST_BECH32 = 110;
const SHORTEST_DATA = 14;
const CHAINS = `bc tb bcrt ltc tltc BC TB BCRT LTC TLTC addr addr_test stake cosmos osmo terra celestia juno akash kava inj sei bnb zs`;
const PREFIXES = wordsIn(CHAINS);

function addressAt(view: View, at: number, form: typeof ADDRESS): readonly Span[] | undefined {
  const to = view.runEnd(BASE58, at);
  const length = to - at;
  if (length < SHORTEST || length > LONGEST || goesOn(view, to)) return undefined;
  return isBase58Check(view, at, to, ADDRESS_BYTES, form) ? [{ from: at, to }] : undefined;
}

export const base58Wallet: Rule = {
  kind: WALLET,
  what: 'Addresses of Bitcoin, Litecoin, Dogecoin, Dash and Tron in Base58Check, by their checksum',
  source: 'Bitcoin developer reference, "Address conversion" and "Base58Check encoding"',
  anchors: FIRST,
  shortest: SHORTEST,
  match: (view, at) => addressAt(view, at, ADDRESS),
};

/** One byte of version, 32 of the key, one more where the address is made of the short public key, four of checksum. */
const KEY_BYTES = 37;
const KEY_LENGTH = 51;

export const walletKey: Rule = {
  kind: 'private-key',
  what: 'Private keys of Bitcoin, Litecoin, Dogecoin and Dash in Base58Check, by their checksum',
  source: 'Bitcoin developer reference, "Wallet import format"',
  anchors: ['5', 'K', 'L', '6', 'T', 'Q', '7', 'X', '9', 'c'],
  shortest: KEY_LENGTH,
  match(view, at) {
    const to = view.runEnd(BASE58, at);
    const more = to - at - KEY_LENGTH;
    if (more < 0 || more > 1 || goesOn(view, to)) return undefined;
    return isBase58Check(view, at, to, KEY_BYTES + more, WALLET_KEY) ? [{ from: at, to }] : undefined;
  },
};

export const ledgerAddress: Rule = {
  kind: WALLET,
  what: 'Addresses of the XRP Ledger, by their checksum',
  source: 'https://xrpl.org/docs/references/protocol/data-types/base58-encodings',
  anchors: ['r'],
  shortest: SHORTEST,
  match: (view, at) => addressAt(view, at, LEDGER_ADDRESS),
};

/** One byte of version, 16 of the seed, four of checksum. */
const SEED_BYTES = 21;
const SEED_LENGTH = 29;

export const ledgerSeed: Rule = {
  kind: 'private-key',
  what: 'Seeds of the XRP Ledger, of which keys are made, by their checksum',
  source: 'https://xrpl.org/docs/references/protocol/data-types/base58-encodings',
  anchors: ['s'],
  shortest: SEED_LENGTH,
  match(view, at) {
    const to = view.runEnd(BASE58, at);
    if (to - at !== SEED_LENGTH || goesOn(view, to)) return undefined;
    return isBase58Check(view, at, to, SEED_BYTES, LEDGER_SEED) ? [{ from: at, to }] : undefined;
  },
};

/** Two bytes of version make all of them begin alike, and one character longer. */
const ZCASH_LENGTH = 35;

export const zcashWallet: Rule = {
  kind: WALLET,
  what: 'Transparent addresses of Zcash in Base58Check, by their checksum',
  source: 'Zcash Protocol Specification, section 5.6.1.1',
  anchors: ['t1', 't3'],
  ahead: ZCASH_LENGTH - 1,
  match(view, at) {
    const to = view.runEnd(BASE58, at);
    if (to - at !== ZCASH_LENGTH || goesOn(view, to) || view.isBehind(ALNUM, at)) return undefined;
    return isBase58Check(view, at, to, ADDRESS_BYTES + 1, ADDRESS) ? [{ from: at, to }] : undefined;
  },
};

export const bech32Wallet: Rule = {
  kind: WALLET,
  what: 'Addresses of Bitcoin, Litecoin, Cardano, Cosmos and its kin, and Zcash, by the checksum of bech32 or bech32m',
  source: 'BIP 173 and BIP 350; CIP 5 and CIP 19; SLIP 173',
  anchors: PREFIXES.map((prefix) => `${prefix}1`),
  match(view, at) {
    let separator = at + 2;
    while (view.code(separator) !== ONE) separator++;
    const to = view.runEnd(BECH32, separator + 1);
    if (to - separator <= SHORTEST_DATA || to - at > LONGEST_BECH32 || goesOn(view, to)) return undefined;
    if (isMixed(view, at, to) || !isBech32(view, at, separator, to)) return undefined;
    return [{ from: at, to }];
  },
};

const ETHEREUM_DIGITS = 40;
const digits = new Bytes(ETHEREUM_DIGITS);
const hash = new Bytes(32);

export const ethereumWallet: Rule = {
  kind: WALLET,
  what: 'Ethereum addresses whose capitals are their checksum; in small letters alone only under a telling name',
  source: 'EIP-55',
  anchors: ['0x', '0X'],
  match(view, at) {
    const to = ethereumEnd(view, at);
    return to >= 0 && isMixed(view, at + 2, to) && isChecksummed(view, at + 2) ? [{ from: at, to }] : undefined;
  },
};

/** Behind `0x` and forty hexadecimal digits; -1 where there are fewer or more. */
function ethereumEnd(view: View, at: number): number {
  const to = at + 2 + ETHEREUM_DIGITS;
  if (!view.isIn(HEX, to - 1) || goesOn(view, to) || (view.code(at + 1) | 32) !== LETTER_X) return -1;
  return view.runEnd(HEX, at + 2) === to ? to : -1;
}

/** A letter is a capital where the hash of the address in small letters has a half byte of 8 or more. */
function isChecksummed(view: View, from: number): boolean {
  for (let index = 0; index < ETHEREUM_DIGITS; index++) {
    const code = view.code(from + index);
    digits[index] = code < 65 ? code : code | 32;
  }
  keccak256(digits, ETHEREUM_DIGITS, hash);
  for (let index = 0; index < ETHEREUM_DIGITS; index++) {
    const code = view.code(from + index);
    if (code < 65) continue;
    const half = ((hash[index >> 1] ?? 0) >> (index % 2 === 0 ? 4 : 0)) & 15;
    if (half >= 8 !== code < 97) return false;
  }
  return true;
}

function isMixed(view: View, from: number, to: number): boolean {
  let small = false;
  let capital = false;
  for (let index = from; index < to; index++) {
    if (view.isIn(LOWER, index)) small = true;
    else if (view.isIn(UPPER, index)) capital = true;
  }
  return small && capital;
}

function goesOn(view: View, to: number): boolean {
  return view.isIn(ALNUM, to) || view.code(to) === UNDERSCORE;
}

const ONE = 49;
const UNDERSCORE = 95;
const LETTER_X = 120;
