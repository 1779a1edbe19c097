import 'i18next';

import type audiences from './en/audiences.json' with { type: 'json' };
import type board from './en/board.json' with { type: 'json' };
import type chat from './en/chat.json' with { type: 'json' };
import type common from './en/common.json' with { type: 'json' };
import type document from './en/document.json' with { type: 'json' };
import type handoff from './en/handoff.json' with { type: 'json' };
import type insights from './en/insights.json' with { type: 'json' };
import type refusals from './en/refusals.json' with { type: 'json' };
import type replay from './en/replay.json' with { type: 'json' };
import type review from './en/review.json' with { type: 'json' };
import type room from './en/room.json' with { type: 'json' };
import type settings from './en/settings.json' with { type: 'json' };
import type signin from './en/signin.json' with { type: 'json' };

import type update from './en/update.json' with { type: 'json' };
import type updates from './en/updates.json' with { type: 'json' };

declare module 'i18next' {
  /** English is the measure: a key it does not have does not compile. */
  interface CustomTypeOptions {
    defaultNS: 'common';
    returnNull: false;
    resources: {
      audiences: typeof audiences;
      board: typeof board;
      chat: typeof chat;
      common: typeof common;
      document: typeof document;
      handoff: typeof handoff;
      insights: typeof insights;
      refusals: typeof refusals;
      replay: typeof replay;
      review: typeof review;
      room: typeof room;
      settings: typeof settings;
      signin: typeof signin;
      update: typeof update;
      updates: typeof updates;
    };
  }
}
