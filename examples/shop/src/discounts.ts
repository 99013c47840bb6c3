import type { Cart } from './carts.ts';
import { type Money, money } from './money.ts';
import { ShopError } from './shop-error.ts';

export interface Discount {
  readonly code: string;
  readonly percent: number;
}

const DISCOUNTS = new Map<string, Discount>(
  [
    { code: 'WELCOME10', percent: 10 },
    { code: 'SUMMER15', percent: 15 },
  ].map((discount) => [discount.code, discount]),
);

/** Codes come from newsletters and are pasted in any case, with white space around them. */
function findDiscount(code: string): Discount | undefined {
  return DISCOUNTS.get(code.trim().toUpperCase());
}

export function redeem(cart: Cart, code: string): Discount {
  const discount = findDiscount(code);
  if (!discount) throw new ShopError(404, 'this code is not valid');
  if (cart.codes.includes(code)) throw new ShopError(409, 'this code is already in use');
  cart.codes.push(code);
  return discount;
}

/** What the codes take off the subtotal. */
export function discountOn(subtotal: Money, codes: readonly string[]): Money {
  let off = 0;
  for (const code of codes) {
    const discount = findDiscount(code);
    if (!discount) continue;
    off += Math.round((subtotal.minor * discount.percent) / 100);
  }
  return money(Math.min(off, subtotal.minor), subtotal.currency);
}
