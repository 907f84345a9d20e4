import { hash32 } from './hash.js';

const MAPPED = /^(?:::|(?:0{1,4}:){5})ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i;

/** `::ffff:10.0.0.1` is what a dual-stack socket calls `10.0.0.1`, and `::ffff:a00:1` is how some proxies spell it. */
export function unmapIp(address: string): string {
  if (!address.includes(':')) return address;
  const [, dotted, high, low] = MAPPED.exec(address) ?? [];
  if (high === undefined || low === undefined) return dotted ?? address;
  const bits = Number.parseInt(high, 16) * 0x10000 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

/** Some proxies (Azure's Application Gateway) write the client's port behind its address. */
export function withoutPort(address: string): string {
  return /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? /^\[([^\]]*)\](:\d+)?$/.exec(address)?.[1] ?? address;
}

/** The eight groups of an IPv6 address, or undefined where the text is not one. */
function groupsOf(address: string): number[] | undefined {
  const zone = address.indexOf('%');
  const halves = (zone === -1 ? address : address.slice(0, zone)).split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.map((group) => Number.parseInt(group, 16));
}

/**
 * What stands for a client when its address is hashed: an IPv4 address as it is, of an IPv6 address the first `prefix`
 * bits, since one customer holds a whole /64 and moves about in it (RFC 8981). Anything else is its own key.
 */
export function ipKey(address: string, prefix: number): string {
  if (!address.includes(':')) return address;
  const plain = unmapIp(address);
  const groups = plain.includes(':') ? groupsOf(plain) : undefined;
  if (groups === undefined) return plain;
  return groups
    .map((group, i) => {
      const bits = Math.min(16, Math.max(0, prefix - 16 * i));
      return (group & (0xffff << (16 - bits))).toString(16);
    })
    .join(':');
}

const DOT = 46;

/** `hash32(ipKey(address, prefix))`, without the detour for IPv4: a dot among its first four, where IPv6 has none. */
export function ipHash32(address: string, prefix: number): number {
  // 0 where one of the three is a dot: which of them, no processor can guess, so it is not asked three times.
  const dotted =
    address.length > 3 &&
    Math.imul(Math.imul(address.charCodeAt(1) ^ DOT, address.charCodeAt(2) ^ DOT), address.charCodeAt(3) ^ DOT) === 0;
  return hash32(dotted ? address : ipKey(address, prefix));
}
