import { addLine, cartOf, openCart, setQuantity } from './carts.ts';
import { listProducts, productOf } from './catalogue.ts';
import { customerOf } from './customers.ts';
import { redeem } from './discounts.ts';
import { orderOf, placeOrder, quote, refundOrder } from './orders.ts';
import { ShopError } from './shop-error.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Answers one request; rejects with a `ShopError` for what the shopper did wrong. */
export async function route(method: string, path: string, body: Record<string, unknown>): Promise<Answer> {
  const [collection, id = '', part, item = ''] = path.split('/').filter(Boolean).map(decodeURIComponent);
  switch (`${method} ${collection ?? ''}${id && '/id'}${part ? `/${part}` : ''}${item && '/item'}`) {
    case 'GET health':
      return ok({ status: 'ok' });
    case 'GET products':
      return ok(listProducts());
    case 'GET products/id':
      return ok(productOf(id));
    case 'POST carts': {
      const customer = customerOf(text(body, 'customer'));
      return { status: 201, body: openCart(customer.id, customer.currency) };
    }
    case 'GET carts/id': {
      const cart = cartOf(id);
      return ok({ id: cart.id, lines: cart.lines, ...quote(cart) });
    }
    case 'POST carts/id/lines': {
      const cart = cartOf(id);
      addLine(cart, text(body, 'sku'), number(body, 'quantity'));
      return { status: 201, body: cart.lines };
    }
    case 'PATCH carts/id/lines/item': {
      const cart = cartOf(id);
      setQuantity(cart, item, number(body, 'quantity'));
      return ok(cart.lines);
    }
    case 'POST carts/id/codes':
      return { status: 201, body: redeem(cartOf(id), text(body, 'code')) };
    case 'POST carts/id/checkout': {
      const cart = cartOf(id);
      return { status: 201, body: await placeOrder(cart, customerOf(cart.customerId)) };
    }
    case 'GET orders/id':
      return ok(orderOf(id));
    case 'POST orders/id/refunds':
      return { status: 201, body: { refunded: await refundOrder(orderOf(id), text(body, 'amount')) } };
    default:
      throw new ShopError(404, 'no such page');
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function text(body: Record<string, unknown>, key: string): string {
  const value = body[key];
  if (typeof value !== 'string' || value.length > 200) throw new ShopError(422, `${key} must be a short text`);
  return value;
}

function number(body: Record<string, unknown>, key: string): number {
  const value = body[key];
  if (typeof value !== 'number') throw new ShopError(422, `${key} must be a number`);
  return value;
}
