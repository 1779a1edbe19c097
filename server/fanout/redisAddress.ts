/** Where one Redis listens. */
export interface Endpoint {
  host: string;
  port: number;
}

/** One Redis server, or the nodes of a cluster by which the others are found, and how to sign in. */
export interface RedisAddress {
  isCluster: boolean;
  nodes: Endpoint[];
  tls: boolean;
  username?: string;
  password?: string;
}

const FORM = /^(redis|rediss)(\+cluster)?:\/\/(?:([^@/?#\s]*)@)?([^@/?#\s]+)(?:\/(\d{0,5}))?$/;
const NODE = /^(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z._-]+)(?::(\d{1,5}))?$/;
const DEFAULT_PORT = 6379;

/**
 * Reads `redis[s]://[user:password@]host[:port][/number]` or `redis[s]+cluster://[user:password@]host[:port],host[:port]…`;
 * null for anything else. A database number changes nothing: channels belong to none.
 */
export function parseRedisUrl(text: string): RedisAddress | null {
  const [, scheme, cluster, credentials, hosts = ''] = FORM.exec(text) ?? [];
  if (scheme === undefined) return null;
  const nodes = hosts.split(',').map(parseNode);
  const signIn = parseCredentials(credentials);
  if (signIn === null || nodes.includes(null) || (cluster === undefined && nodes.length > 1)) return null;
  return {
    isCluster: cluster !== undefined,
    nodes: nodes.filter((node) => node !== null),
    tls: scheme === 'rediss',
    ...signIn,
  };
}

function parseNode(text: string): Endpoint | null {
  const [, host, port = String(DEFAULT_PORT)] = NODE.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return null;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function parseCredentials(text: string | undefined): { username?: string; password?: string } | null {
  if (text === undefined) return {};
  const colon = text.indexOf(':');
  const [user, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)];
  try {
    return {
      ...(user === '' ? {} : { username: decodeURIComponent(user) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    };
  } catch {
    return null;
  }
}
