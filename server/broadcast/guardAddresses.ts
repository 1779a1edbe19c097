import { BlockList, isIP } from 'node:net';

/** Networks of IPv4 that are not the public internet, by the registry of special addresses. */
const CLOSED_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24'],
  ...['192.168.0.0/16', '192.175.48.0/24', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
];

/** The part of IPv6 that is handed out; everything outside it is closed. */
const OPEN_V6 = ['2000::/3'];

/** Inside it: protocol assignments, examples, and ways of writing an IPv4 address. */
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

/** Tells where connections may go. */
export interface AddressRules {
  /** Whether a connection to this IP address may be made: it is public, or in a network that the operator allows. */
  isAllowed(address: string): boolean;
}

/** `allowed`: addresses and networks (CIDR) that may be reached although they are not public. */
export function createAddressRules(allowed: readonly string[]): AddressRules {
  const exceptions = listOf(allowed);
  const closed = listOf([...CLOSED_V4, ...CLOSED_V6]);
  const open = listOf(OPEN_V6);
  return {
    isAllowed(address) {
      const plain = unwrapped(address);
      if (plain === null) return false;
      const family = isIP(plain) === 4 ? 'ipv4' : 'ipv6';
      if (exceptions.check(plain, family)) return true;
      return !closed.check(plain, family) && (family === 'ipv4' || open.check(plain, family));
    },
  };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    list.addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return list;
}

/** The address in its one spelling, an IPv4 address inside IPv6 as what it is; null for what is none. */
function unwrapped(address: string): string | null {
  if (isIP(address) === 4) return address;
  const text = `http://[${address}]`;
  if (isIP(address) !== 6 || !URL.canParse(text)) return null;
  const plain = new URL(text).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(plain) ?? [];
  if (high === undefined || low === undefined) return plain;
  const [first, second] = [parseInt(high, 16), parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
}
