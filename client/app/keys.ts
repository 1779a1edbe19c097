/** The parts of a keyboard event that decide which key was meant. */
export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  isComposing?: boolean;
  keyCode?: number;
}

/**
 * Which key was meant, lower case: a Latin letter or any other named key by `key`, else by the place of the key, so
 * that shortcuts live while the Korean input mode is on (H gives ㅗ) and stay where a French keyboard prints them.
 */
export function keyMeant(event: Pick<KeyPress, 'key' | 'code'>): string {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  if (event.key === ' ') return 'space';
  const foreign = event.key.length === 1 && (event.key.codePointAt(0) ?? 0) > 0x7f;
  if (foreign || event.key === 'Process' || event.key === 'Unidentified') {
    const placed = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code);
    if (placed?.[1]) return placed[1].toLowerCase();
    if (event.code === 'Slash') return '/';
  }
  return event.key.toLowerCase();
}

/** Does the event press `combination`, such as `d`, `/`, `ctrl+k` or `ctrl+shift+f6`? Ctrl also means Cmd. */
export function pressed(event: KeyPress, combination: string): boolean {
  const parts = combination.toLowerCase().split('+');
  const wanted = parts.at(-1) ?? '';
  const has = (modifier: string): boolean => parts.slice(0, -1).includes(modifier);
  if ((event.ctrlKey || event.metaKey) !== has('ctrl') || event.altKey !== has('alt')) return false;
  // On some keyboards a sign such as "/" needs Shift itself; letters and named keys must match it.
  const signNeedsShift = wanted.length === 1 && !/[a-z0-9]/.test(wanted);
  if (!signNeedsShift && event.shiftKey !== has('shift')) return false;
  return keyMeant(event) === wanted;
}

/** True for a combination that types a character, which people must be able to switch off (WCAG 2.1.4). */
export function isSingleKey(combination: string): boolean {
  return combination
    .split(' ')
    .every((part) => !/ctrl|alt/.test(part) && part.replace('shift+', '').length === 1);
}

export interface KeyBinding {
  /** `d`, `ctrl+k`, or two after each other: `g b`. */
  combination: string;
  run: (event: KeyboardEvent) => void;
  /** What it does, for the list of keys; without it the key is not listed. */
  label?: string;
  /** Acts while a dialog is open, too. */
  inDialogs?: boolean;
  /** Acts while text is typed, too; only for combinations with Ctrl or Alt. */
  inText?: boolean;
}

export interface KeyRegistry {
  /** Adds a binding and returns its stop. The latest binding of a combination is the one that acts. */
  add: (binding: KeyBinding) => () => void;
  /** The bindings that act now, in the order in which they were added. */
  list: () => readonly KeyBinding[];
  handle: (event: KeyboardEvent) => void;
  /** Switches the keys that type a character on or off; they begin switched on. */
  allowSingleKeys: (on: boolean) => void;
}

const SEQUENCE_PATIENCE = 1_500;

/** Where a character key means a character. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement &&
    !['checkbox', 'radio', 'button', 'submit', 'range', 'reset'].includes(target.type)
  );
}

/** `now` in milliseconds; only differences count. */
export function createKeyRegistry(now: () => number): KeyRegistry {
  const bindings: KeyBinding[] = [];
  let singleKeys = true;
  let first: { key: string; at: number } | null = null;

  function acts(binding: KeyBinding, event: KeyboardEvent): boolean {
    if (isSingleKey(binding.combination) && !singleKeys) return false;
    if (isTextField(event.target) && !binding.inText) return false;
    return binding.inDialogs === true || document.querySelector('[aria-modal="true"]') === null;
  }

  function matches(binding: KeyBinding, event: KeyboardEvent): boolean {
    const [lead = '', second] = binding.combination.split(' ');
    if (second === undefined) return pressed(event, lead);
    const recent = first !== null && first.key === lead && now() - first.at < SEQUENCE_PATIENCE;
    return recent && pressed(event, second);
  }

  return {
    add(binding) {
      bindings.push(binding);
      return () => {
        const place = bindings.indexOf(binding);
        if (place >= 0) bindings.splice(place, 1);
      };
    },
    list: () => bindings,
    allowSingleKeys(on) {
      singleKeys = on;
    },
    handle(event) {
      if (
        event.defaultPrevented ||
        event.isComposing ||
        ['Control', 'Shift', 'Alt', 'Meta'].includes(event.key)
      )
        return;
      const sequences = bindings.toSorted(
        (a, b) => Number(b.combination.includes(' ')) - Number(a.combination.includes(' ')),
      );
      const found =
        sequences.findLast(
          (one) => one.combination.includes(' ') && matches(one, event) && acts(one, event),
        ) ??
        sequences.findLast(
          (one) => !one.combination.includes(' ') && matches(one, event) && acts(one, event),
        );
      first = { key: keyMeant(event), at: now() };
      if (!found) return;
      event.preventDefault();
      first = null;
      found.run(event);
    },
  };
}
