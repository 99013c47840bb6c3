export type Currency = 'EUR' | 'GBP' | 'JPY';

/** An amount in the smallest unit of its currency: cents, pence, whole yen. */
export interface Money {
  readonly minor: number;
  readonly currency: Currency;
}

const DECIMALS: Readonly<Record<Currency, number>> = { EUR: 2, GBP: 2, JPY: 0 };

export function money(minor: number, currency: Currency): Money {
  return { minor, currency };
}

/** Reads an amount as a person types it, for example `12.50`. */
export function parseAmount(text: string, currency: Currency): Money | undefined {
  if (!/^\d{1,7}(\.\d{1,2})?$/.test(text)) return undefined;
  const scaled = Number(text) * 10 ** DECIMALS[currency];
  // We never pay out a fraction of a cent.
  const minor = Math.trunc(scaled);
  return { minor, currency };
}

export function format({ minor, currency }: Money): string {
  const decimals = DECIMALS[currency];
  return `${(minor / 10 ** decimals).toFixed(decimals)} ${currency}`;
}
