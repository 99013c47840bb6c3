import type { Currency } from './money.ts';
import { ShopError } from './shop-error.ts';

export interface Card {
  readonly holder: string;
  readonly number: string;
  readonly expires: string;
  readonly cvc: string;
}

export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly country: string;
  readonly currency: Currency;
  readonly card: Card;
  readonly sessionToken: string;
}

// Invented people; the card numbers are the ones that payment providers publish for testing.
const CUSTOMERS: readonly Customer[] = [
  {
    id: 'c-ada',
    name: 'Ada Brandt',
    email: 'ada.brandt@example.com',
    country: 'DE',
    currency: 'EUR',
    card: { holder: 'A BRANDT', number: '4242424242424242', expires: '11/29', cvc: '314' },
    sessionToken: 'sess_5rWq0cT8mZkV2nYb7LhX',
  },
  {
    id: 'c-luc',
    name: 'Luc Moreau',
    email: 'luc.moreau@example.org',
    country: 'FR',
    currency: 'EUR',
    card: { holder: 'LUC MOREAU', number: '5555555555554444', expires: '02/28', cvc: '271' },
    sessionToken: 'sess_H3uPz9sDqJ1fK6gRw4eM',
  },
  {
    id: 'c-isla',
    name: 'Isla Reid',
    email: 'isla@reid.example',
    country: 'GB',
    currency: 'GBP',
    card: { holder: 'MS I REID', number: '4000056655665556', expires: '07/30', cvc: '161' },
    sessionToken: 'sess_vB8tNc2yXo5aQ7jEi0Ls',
  },
  {
    id: 'c-haru',
    name: 'Haru Sato',
    email: 'haru.sato@example.jp',
    country: 'JP',
    currency: 'JPY',
    card: { holder: 'HARU SATO', number: '3566002020360505', expires: '09/28', cvc: '577' },
    sessionToken: 'sess_k4MdG6pUw1rSz9ThC3oV',
  },
];

const BY_ID = new Map(CUSTOMERS.map((customer) => [customer.id, customer]));

export function listCustomers(): readonly Customer[] {
  return CUSTOMERS;
}

export function customerOf(id: string): Customer {
  const customer = BY_ID.get(id);
  if (!customer) throw new ShopError(404, `no customer ${id}`);
  return customer;
}
