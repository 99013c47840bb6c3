import { InvalidArgumentError } from 'commander';

/** Any number; whether it is within the limits is for the broker to say. */
export function numberArgument(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Not a number.');
  return value;
}
