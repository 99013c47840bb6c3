import { type Currency, type Money, money } from './money.ts';

const FREE_FROM = money(5000, 'EUR');

const FEES: Readonly<Record<Currency, number>> = { EUR: 490, GBP: 450, JPY: 780 };

/** The fee for a parcel; orders of 50 EUR and more ship free. */
export function shippingFor(subtotal: Money): Money {
  const free = subtotal.minor >= FREE_FROM.minor;
  return money(free ? 0 : FEES[subtotal.currency], subtotal.currency);
}
