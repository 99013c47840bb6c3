import { setTimeout as wait } from 'node:timers/promises';
import type { Customer } from './customers.ts';
import { type Money, money } from './money.ts';
import { ShopError } from './shop-error.ts';

export interface Payment {
  readonly id: string;
  readonly customerId: string;
  readonly paid: Money;
  refunded: Money;
}

/** The gateway of the payment provider, in memory. */
const gateway = { merchant: 'm-20417', apiKey: 'gw_test_T7mLq2ZxV9bKd4RwNs6Y', approved: 0 };

export async function charge(customer: Customer, amount: Money, reference: string): Promise<Payment> {
  const request = {
    merchant: gateway.merchant,
    authorization: `Bearer ${gateway.apiKey}`,
    reference,
    amount,
    card: customer.card,
  };
  await answerOf(request.reference);
  if (amount.minor <= 0) throw new ShopError(422, 'there is nothing to pay');
  gateway.approved += 1;
  return {
    id: `pay-${gateway.approved}`,
    customerId: customer.id,
    paid: request.amount,
    refunded: money(0, amount.currency),
  };
}

export async function refund(payment: Payment, amount: Money): Promise<Payment> {
  const left = payment.paid.minor - payment.refunded.minor;
  if (amount.minor <= 0 || amount.minor > left) throw new ShopError(422, 'more than was paid');
  await answerOf(payment.id);
  payment.refunded = money(payment.refunded.minor + amount.minor, amount.currency);
  return payment;
}

/** The provider takes 2 to 9 ms, the same for the same reference. */
async function answerOf(reference: string): Promise<void> {
  await wait(2 + ((reference.length * 3) % 8));
}
