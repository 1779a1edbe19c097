/** The longest address that is kept. Characters. */
export const MOST_ADDRESS = 2_000;

/** Ports from 1024 on at which something else than a web server listens; browsers refuse most of them. */
const CLOSED_PORTS: ReadonlySet<number> = new Set([
  ...[1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566],
  ...[6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080, 11_211],
]);

/** Whether requests are sent to this port at all: never to mail servers, Redis and the like. */
export function isAllowedPort({ port }: URL): boolean {
  if (port === '' || port === '80' || port === '443') return true;
  const number = Number(port);
  return number >= 1_024 && !CLOSED_PORTS.has(number);
}
