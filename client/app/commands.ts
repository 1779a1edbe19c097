import { createContext, use, useEffect, useState } from 'react';

export type PaletteGroup = 'waiting' | 'act' | 'incident' | 'go' | 'me';

/** A row of the palette. */
export interface PaletteAction {
  /** Stable and unique, such as `declare` or `room.handoff`. */
  id: string;
  /** What it does, in the language of the page. */
  title: string;
  /** The title in the other language and other words it should be found by. */
  also?: readonly string[];
  group: PaletteGroup;
  /** The key that does the same, as printed: `H`. */
  keys?: string;
  /** Why it cannot be done now; the row stays, says so and does nothing. */
  disabledReason?: string;
  run: () => void;
}

export interface PaletteRegistry {
  /** Adds actions and returns the stop that takes them away. */
  add: (actions: readonly PaletteAction[]) => () => void;
  list: () => readonly PaletteAction[];
  /** Calls back on every change; returns the stop. */
  subscribe: (changed: () => void) => () => void;
}

export function createPaletteRegistry(): PaletteRegistry {
  const groups = new Set<readonly PaletteAction[]>();
  const watchers = new Set<() => void>();
  let flat: readonly PaletteAction[] = [];

  function changed(): void {
    // The latest action of an id stands for all of them.
    flat = [...new Map([...groups].flat().map((action) => [action.id, action])).values()];
    for (const watcher of watchers) watcher();
  }

  return {
    add(actions) {
      groups.add(actions);
      changed();
      return () => {
        groups.delete(actions);
        changed();
      };
    },
    list: () => flat,
    subscribe(watcher) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** The registry of this page, and the ways to open the palette and the declare dialog from anywhere. */
export interface Commands {
  registry: PaletteRegistry;
  openPalette: () => void;
  openDeclare: (prefill?: DeclarePrefill) => void;
  openKeys: () => void;
}

export interface DeclarePrefill {
  title?: string;
  severity?: string;
}

export const CommandsContext = createContext<Commands | null>(null);

export function useCommands(): Commands {
  const commands = use(CommandsContext);
  if (!commands) throw new Error('useCommands outside of the shell');
  return commands;
}

/** Offers actions in the palette while this component is shown. Memoise the list, or it is registered anew each time. */
export function usePaletteActions(actions: readonly PaletteAction[]): void {
  const { registry } = useCommands();
  useEffect(() => registry.add(actions), [registry, actions]);
}

export function useNewPaletteRegistry(): PaletteRegistry {
  const [registry] = useState(createPaletteRegistry);
  return registry;
}
