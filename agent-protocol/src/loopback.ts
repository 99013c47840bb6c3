/**
 * Of this machine, so that what goes there needs no TLS: 127.0.0.0/8, ::1 (also in brackets, as `URL` has it), localhost.
 * A name that begins like an address is none.
 */
export function isLoopback(host: string): boolean {
  return ['localhost', '::1', '[::1]'].includes(host) || /^127(\.\d{1,3}){3}$/.test(host);
}
