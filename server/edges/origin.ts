/** Which browsers may act with a cookie: those whose page came from our own address. */
export interface OriginRule {
  /** The allowed origins now. */
  origins(): readonly string[];
  /** Where links point: the configured address, or this machine. */
  publicUrl(): string;
  isAllowed(origin: string): boolean;
}

/**
 * PUBLIC_URL set: exactly its origin. Unset: localhost and 127.0.0.1 on the port listened on, which is only known
 * once the server listens, hence the function.
 */
export function createOriginRule(settings: { publicUrl: string | null; port: () => number }): OriginRule {
  const origins = (): string[] => {
    if (settings.publicUrl !== null) return [new URL(settings.publicUrl).origin];
    const port = settings.port();
    // Browsers leave the default port out of the Origin they send.
    const suffix = port === 80 ? '' : `:${port}`;
    return [`http://localhost${suffix}`, `http://127.0.0.1${suffix}`];
  };
  return {
    origins,
    publicUrl: () => settings.publicUrl ?? origins()[0] ?? '',
    isAllowed: (origin) => origins().includes(origin),
  };
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * May this request act? A bearer token is its own proof. Without one, an unsafe request from another site is refused,
 * and so is one that carries a cookie and does not say where it comes from.
 */
export function mayAct(
  rule: OriginRule,
  request: { method: string; origin: string | undefined; hasCookie: boolean; hasBearer: boolean },
): boolean {
  if (SAFE_METHODS.has(request.method) || request.hasBearer) return true;
  if (request.origin !== undefined) return rule.isAllowed(request.origin);
  return !request.hasCookie;
}
