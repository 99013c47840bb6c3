import { type Currency, type Money, money } from './money.ts';
import { ShopError } from './shop-error.ts';

export interface Product {
  readonly sku: string;
  readonly title: string;
  /** In the smallest unit of each currency. */
  readonly prices: Readonly<Record<Currency, number>>;
}

const PRODUCTS: readonly Product[] = [
  { sku: 'grinder', title: 'Hand grinder', prices: { EUR: 8900, GBP: 7900, JPY: 14200 } },
  { sku: 'kettle', title: 'Gooseneck kettle', prices: { EUR: 6495, GBP: 5795, JPY: 10400 } },
  { sku: 'dripper', title: 'Ceramic dripper', prices: { EUR: 1999, GBP: 1799, JPY: 3200 } },
  { sku: 'filters', title: 'Paper filters, 100', prices: { EUR: 435, GBP: 395, JPY: 700 } },
  { sku: 'beans', title: 'House beans, 250 g', prices: { EUR: 1150, GBP: 995, JPY: 1850 } },
  { sku: 'scale', title: 'Brewing scale', prices: { EUR: 3290, GBP: 2890, JPY: 5200 } },
];

const BY_SKU = new Map(PRODUCTS.map((product) => [product.sku, product]));

export function listProducts(): readonly Product[] {
  return PRODUCTS;
}

export function productOf(sku: string): Product {
  const product = BY_SKU.get(sku);
  if (!product) throw new ShopError(404, `no product ${sku}`);
  return product;
}

export function priceOf(product: Product, currency: Currency): Money {
  return money(product.prices[currency], currency);
}
