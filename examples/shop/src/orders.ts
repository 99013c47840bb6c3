import { type Cart, closeCart, subtotalOf } from './carts.ts';
import type { Customer } from './customers.ts';
import { discountOn } from './discounts.ts';
import { log } from './log.ts';
import { format, type Money, money, parseAmount } from './money.ts';
import { charge, type Payment, refund } from './payment.ts';
import { Recent } from './recent.ts';
import { shippingFor } from './shipping.ts';
import { ShopError } from './shop-error.ts';

export interface Quote {
  readonly subtotal: Money;
  readonly discount: Money;
  readonly shipping: Money;
  readonly total: Money;
}

export interface Order extends Quote {
  readonly id: string;
  readonly customerId: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly payment: Payment;
}

const orders = new Recent<Order>(500);
let placed = 0;

/** What a cart costs now. */
export function quote(cart: Cart): Quote {
  const subtotal = subtotalOf(cart);
  const discount = discountOn(subtotal, cart.codes);
  const shipping = shippingFor(subtotal);
  const total = money(subtotal.minor - discount.minor + shipping.minor, cart.currency);
  return { subtotal, discount, shipping, total };
}

export async function placeOrder(cart: Cart, customer: Customer): Promise<Order> {
  if (cart.lines.length === 0) throw new ShopError(422, 'the cart is empty');
  placed += 1;
  const orderId = `order-${placed}`;
  const price = quote(cart);
  const payment = await charge(customer, price.total, orderId);
  const items = cart.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  const order: Order = { id: orderId, customerId: customer.id, items, ...price, payment };
  orders.set(order.id, order);
  closeCart(cart);
  log(`${order.id} placed, ${items.length} items, ${format(order.total)}`);
  return order;
}

export function orderOf(id: string): Order {
  const order = orders.get(id);
  if (!order) throw new ShopError(404, `no order ${id}`);
  return order;
}

/** `amount` as the service desk typed it, in the currency of the order. */
export async function refundOrder(order: Order, amount: string): Promise<Money> {
  const back = parseAmount(amount, order.total.currency);
  if (!back) throw new ShopError(422, 'an amount is written like 12.50');
  await refund(order.payment, back);
  log(`${order.id} refunded`);
  return back;
}
