import { ALNUM, BASE64URL, HEX_LOWER } from '../../alphabet.ts';
import { exactly, run, type TokenFormat } from './token-format.ts';

/** Payment providers and shops. Publishable keys (`pk_live_`) are public and stay. */
export const PAYMENT: readonly TokenFormat[] = [
  {
    kind: 'stripe-key',
    what: 'Stripe secret, restricted and organization keys',
    source: 'https://docs.stripe.com/keys',
    prefixes: ['sk_live_', 'sk_test_', 'sk_prod_', 'rk_live_', 'rk_test_', 'rk_prod_', 'sk_org_'],
    parts: [run(ALNUM, 10)],
  },
  {
    kind: 'stripe-webhook-secret',
    what: 'Webhook signing secrets (Stripe, Svix, Standard Webhooks)',
    source: 'https://docs.stripe.com/webhooks',
    prefixes: ['whsec_'],
    parts: [run(ALNUM, 24)],
  },
  {
    kind: 'square-token',
    what: 'Square access tokens and application secrets',
    source: 'https://developer.squareup.com/docs/build-basics/access-tokens',
    prefixes: ['sq0atp-', 'sq0csp-', 'sq0idp-'],
    parts: [run(BASE64URL, 22)],
  },
  {
    kind: 'square-token',
    what: 'Square personal and OAuth access tokens',
    source: 'https://developer.squareup.com/docs/build-basics/access-tokens',
    prefixes: ['EAAA'],
    parts: [run(BASE64URL, 56)],
  },
  {
    kind: 'shopify-token',
    what: 'Shopify access tokens and shared secrets',
    source: 'https://shopify.dev/docs/apps/build/authentication-authorization',
    prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_', 'shprt_', 'shptka_'],
    parts: [run(ALNUM, 32)],
  },
  {
    kind: 'braintree-token',
    what: 'Braintree access tokens',
    source: 'https://developer.paypal.com/braintree/docs/guides/extend/oauth/access-tokens',
    prefixes: ['access_token$production$', 'access_token$sandbox$'],
    parts: [run(ALNUM, 16), '$', exactly(HEX_LOWER, 32)],
  },
  {
    kind: 'flutterwave-key',
    what: 'Flutterwave secret, public and encryption keys',
    source: 'https://developer.flutterwave.com/docs/authentication',
    prefixes: ['FLWSECK_TEST-', 'FLWSECK-', 'FLWPUBK_TEST-', 'FLWPUBK-', 'FLWSECK_TEST', 'FLWSECK'],
    parts: [run(BASE64URL, 12)],
    digit: true,
  },
  {
    kind: 'easypost-key',
    what: 'EasyPost production and test keys',
    source: 'https://docs.easypost.com/docs/authentication',
    prefixes: ['EZAK', 'EZTK'],
    parts: [exactly(ALNUM, 54)],
  },
  {
    kind: 'duffel-token',
    what: 'Duffel access tokens',
    source: 'https://duffel.com/docs/api/overview/authentication',
    prefixes: ['duffel_live_', 'duffel_test_'],
    parts: [run(BASE64URL, 40)],
  },
  {
    kind: 'shippo-token',
    what: 'Shippo API tokens',
    source: 'https://docs.goshippo.com/docs/guides_general/authentication/',
    prefixes: ['shippo_live_', 'shippo_test_'],
    parts: [run(HEX_LOWER, 40)],
  },
  {
    kind: 'plaid-token',
    what: 'Plaid access tokens',
    source: 'https://plaid.com/docs/api/tokens/',
    prefixes: ['access-sandbox-', 'access-development-', 'access-production-'],
    parts: [exactly(HEX_LOWER, 8), '-', run(BASE64URL, 27)],
  },
];
