import { priceOf, productOf } from './catalogue.ts';
import { type Currency, type Money, money } from './money.ts';
import { Recent } from './recent.ts';
import { ShopError } from './shop-error.ts';

export interface CartLine {
  readonly sku: string;
  readonly title: string;
  readonly unitPrice: Money;
  quantity: number;
}

export interface Cart {
  readonly id: string;
  readonly customerId: string;
  readonly currency: Currency;
  readonly lines: CartLine[];
  /** Discount codes, in the order in which they were redeemed. */
  readonly codes: string[];
  /** Kept until the lines change: the total is asked for far more often. */
  subtotal?: Money | undefined;
}

const MAX_QUANTITY = 20;

const carts = new Recent<Cart>(500);
let opened = 0;

export function openCart(customerId: string, currency: Currency): Cart {
  opened += 1;
  const cart: Cart = { id: `cart-${opened}`, customerId, currency, lines: [], codes: [] };
  carts.set(cart.id, cart);
  return cart;
}

export function cartOf(id: string): Cart {
  const cart = carts.get(id);
  if (!cart) throw new ShopError(404, `no cart ${id}`);
  return cart;
}

export function closeCart(cart: Cart): void {
  carts.delete(cart.id);
}

export function addLine(cart: Cart, sku: string, quantity: number): void {
  const product = productOf(sku);
  const line = cart.lines.find((candidate) => candidate.sku === sku);
  checkQuantity((line?.quantity ?? 0) + quantity);
  if (line) line.quantity += quantity;
  else cart.lines.push({ sku, title: product.title, unitPrice: priceOf(product, cart.currency), quantity });
  cart.subtotal = undefined;
}

export function setQuantity(cart: Cart, sku: string, quantity: number): void {
  const index = cart.lines.findIndex((line) => line.sku === sku);
  const line = cart.lines[index];
  if (!line) throw new ShopError(404, `${sku} is not in the cart`);
  if (quantity === 0) {
    cart.lines.splice(index, 1);
    cart.subtotal = undefined;
    return;
  }
  checkQuantity(quantity);
  line.quantity = quantity;
}

export function subtotalOf(cart: Cart): Money {
  if (cart.subtotal) return cart.subtotal;
  let minor = 0;
  for (const line of cart.lines) minor += line.unitPrice.minor * line.quantity;
  cart.subtotal = money(minor, cart.currency);
  return cart.subtotal;
}

function checkQuantity(quantity: number): void {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) {
    throw new ShopError(422, `a quantity is 1 to ${MAX_QUANTITY}`);
  }
}
