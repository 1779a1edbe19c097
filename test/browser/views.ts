import type { BrowserContext, Page } from 'playwright-core';
import type { Account } from '../support/client.ts';
import type { Profile, Stage } from './stage.ts';
import { inRoom } from './stage.ts';
import type { Scene } from './scene.ts';

/** A view in the state in which it is looked at. */
export interface View {
  name: string;
  who: (scene: Scene) => Account | null;
  path: (scene: Scene) => string;
  /** What must be there before anything is judged. */
  shown: string;
  /** What a person does to get there from the address. */
  act?: (page: Page) => Promise<void>;
  /** It is shown at its own width only. */
  only?: 'one';
}

const DIALOG = '[aria-modal="true"]';
const POPOVER = '.bar-form:visible';
const commander = (scene: Scene): Account => scene.cast.commander;
const room = (scene: Scene): string => `/i/${scene.lively.number}`;

/** Views with an address of their own, but for the room. */
export const pages: readonly View[] = [
  { name: 'sign-in', who: () => null, path: () => '/signin', shown: 'input[type=password]' },
  {
    name: 'sign-in refused',
    who: () => null,
    path: () => '/signin',
    shown: '.refused',
    act: async (page) => {
      await page.locator('input[type=email]').fill('nobody@example.org');
      await page.locator('input[type=password]').fill('not the password');
      await page.locator('button[type=submit]').click();
    },
  },
  { name: 'invitation that ended', who: () => null, path: () => '/invite/none', shown: 'h1' },
  { name: 'board', who: commander, path: () => '/board', shown: '.board-row, .board a[href^="/i/"]' },
  {
    name: 'board of a stakeholder',
    who: (scene) => scene.cast.stakeholder,
    path: () => '/board',
    shown: 'h1',
  },
  { name: 'not found', who: commander, path: () => '/i/99999', shown: 'h1' },
  { name: 'settings, me', who: commander, path: () => '/settings/me', shown: '.settings-card' },
  ...['audiences', 'services', 'severity'].map((section): View => ({
    name: `settings, ${section}`,
    who: (scene) => scene.admin,
    path: () => `/settings/${section}`,
    shown: '.settings-card form',
  })),
  {
    name: 'settings, people',
    who: (scene) => scene.admin,
    path: () => '/settings/people',
    shown: 'main :text("Jonas Weber")',
  },
  {
    name: 'replay',
    who: commander,
    path: (scene) => `/i/${scene.lively.number}/review?at=12`,
    shown: '[role=slider], input[type=range]',
  },
  { name: 'insights', who: commander, path: () => '/insights', shown: '.insight-card' },
  { name: 'stakeholder page', who: () => null, path: (scene) => scene.reading, shown: 'article' },
  { name: 'stakeholder link that ended', who: () => null, path: () => '/s/none', shown: 'h1' },
];

/** The room in its states. */
export const rooms: readonly View[] = [
  { name: 'room', who: commander, path: room, shown: '.composer' },
  { name: 'room of a responder', who: (scene) => scene.cast.responder, path: room, shown: '.composer' },
  {
    name: 'room after a handoff',
    who: commander,
    path: (scene) => `/i/${scene.passed.number}`,
    shown: '.strip-act',
  },
  {
    name: 'room, private drill',
    who: commander,
    path: (scene) => `/i/${scene.drill.number}`,
    shown: '.composer',
  },
  { name: 'room, closed', who: commander, path: (scene) => `/i/${scene.closed.number}`, shown: '.composer' },
  {
    name: 'room, document pane',
    who: commander,
    path: (scene) => `${room(scene)}?show=document`,
    shown: '.ProseMirror',
    only: 'one',
  },
  {
    name: 'room, command pane',
    who: commander,
    path: (scene) => `${room(scene)}?show=command`,
    shown: '.command-column',
    only: 'one',
  },
];

/** Everything that opens over a page. */
export const dialogs: readonly View[] = [
  { name: 'declare', who: commander, path: () => '/declare', shown: DIALOG },
  {
    name: 'palette',
    who: commander,
    path: room,
    shown: '.palette-list [role=option]',
    act: (page) => page.keyboard.press('Control+k'),
  },
  {
    name: 'keys',
    who: commander,
    path: room,
    shown: DIALOG,
    act: (page) => page.keyboard.press('Control+/'),
  },
  { name: 'hand over', who: commander, path: (scene) => `${room(scene)}/handoff`, shown: DIALOG },
  {
    name: 'accept',
    who: (scene) => scene.cast.ops,
    path: (scene) => `/i/${scene.offered.number}`,
    shown: '[role=alertdialog]',
  },
  { name: 'force', who: (scene) => scene.admin, path: (scene) => `${room(scene)}/force`, shown: DIALOG },
  { name: 'brief', who: commander, path: (scene) => `${room(scene)}/brief`, shown: DIALOG },
  { name: 'help', who: commander, path: (scene) => `${room(scene)}/help`, shown: DIALOG },
  { name: 'update', who: commander, path: (scene) => `${room(scene)}/update`, shown: DIALOG },
  {
    name: 'links',
    who: commander,
    path: (scene) => `${room(scene)}/update`,
    shown: `${DIALOG} :text("test")`,
    act: (page) => page.locator('.update-links').click(),
  },
  { name: 'questions', who: commander, path: (scene) => `${room(scene)}/questions`, shown: DIALOG },
  { name: 'deliveries', who: commander, path: (scene) => `${room(scene)}/deliveries`, shown: DIALOG },
  {
    name: 'assign',
    who: commander,
    path: room,
    shown: '.room-dialog .person-list',
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.locator('.palette-field').fill('ops');
      await page.locator('.palette-field').press('Enter');
    },
  },
  { name: 'severity', who: commander, path: room, shown: POPOVER, act: (page) => page.keyboard.press('s') },
  { name: 'status', who: commander, path: room, shown: POPOVER, act: (page) => page.keyboard.press('x') },
  {
    name: 'saved and waiting',
    who: commander,
    path: room,
    shown: POPOVER,
    act: (page) => page.locator('.saved-mark').click(),
  },
  {
    name: 'what waits',
    who: commander,
    path: (scene) => `/i/${scene.passed.number}`,
    shown: POPOVER,
    act: (page) => page.locator('.strip-more').click(),
  },
  {
    name: 'completion',
    who: commander,
    path: room,
    shown: '.composer [role=listbox]',
    act: async (page) => {
      await page.locator('.composer-field').fill('/');
    },
  },
];

/** Opens a view and waits until it is there whole. `prepare` sees its profile before the page. */
export async function openView(
  stage: Stage,
  scene: Scene,
  view: View,
  look: Profile,
  prepare?: (context: BrowserContext) => Promise<unknown>,
): Promise<Page> {
  const context = await stage.profile(view.who(scene), look);
  await prepare?.(context);
  const page = await context.newPage();
  await page.goto(`${stage.url}${view.path(scene)}`);
  if (rooms.includes(view) || (dialogs.includes(view) && view.name !== 'declare')) await inRoom(page);
  await view.act?.(page);
  await page.locator(view.shown).first().waitFor();
  return page;
}

/** True when the view exists at this width. */
export function existsAt(view: View, look: Profile): boolean {
  return view.only === undefined || look.size === 'one' || look.size === 'narrow' || look.size === 'zoomed';
}
