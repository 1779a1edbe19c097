import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { useIncidentByNumber } from './incidents.ts';

const KEY = 'warroom.rooms';
const KEPT = 3;

/** The incident number in an address of a room; null elsewhere. */
export function roomNumberIn(location: string): number | null {
  const number = Number(/^\/i\/(\d{1,9})(?:\/|$)/.exec(location)?.[1]);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}

/** Whether an address shows the board. */
export function isBoard(location: string): boolean {
  return location === '/' || location === '/board' || location === '/declare';
}

function read(): number[] {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored)
      ? stored.filter((one): one is number => Number.isSafeInteger(one)).slice(0, KEPT)
      : [];
  } catch {
    return [];
  }
}

/**
 * The rooms this tab was in, the order kept so that a link does not move under the hand; the newest replaces the oldest.
 * A number that is not found here leaves the list again: it is no room of this person.
 */
export function useRecentRooms(): readonly number[] {
  const [location] = useLocation();
  const [rooms, setRooms] = useState(read);
  const here = roomNumberIn(location);

  const lookup = useIncidentByNumber(here ?? 0).state;

  if (here !== null && lookup === 'found' && !rooms.includes(here))
    setRooms([...rooms.slice(rooms.length < KEPT ? 0 : 1), here]);
  if (here !== null && lookup === 'missing' && rooms.includes(here))
    setRooms(rooms.filter((room) => room !== here));

  useEffect(() => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(rooms));
    } catch {
      // Storage is switched off: the list holds until the page is left.
    }
  }, [rooms]);

  return rooms;
}
