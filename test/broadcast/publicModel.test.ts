import { describe, expect, test } from 'vitest';
import { hitsOf, impactNow, uptimeOf } from '../../server/broadcast/publicModel.ts';
import type { Hit } from '../../server/broadcast/publicModel.ts';
import { renderFeed } from '../../server/broadcast/feeds.ts';
import type { Feed } from '../../server/broadcast/feeds.ts';

const at = (time: string): string => `2026-03-14T${time}:00.000Z`;
const now = Date.parse(at('12:00'));

const model = (...lists: Hit[][]) => ({
  incidents: lists.map((hits, index) => ({
    ...{ number: index + 1, title: 'x', declaredAt: at('00:00'), resolvedAt: null, updates: [], hits },
  })),
});

describe('uptime of a service', () => {
  test('[P15] counts each time as down once, whichever incidents it is of, and slowness not at all', () => {
    const of = model(
      [
        { service: 'a', impact: 'major_outage', from: at('00:00'), to: at('02:00') },
        { service: 'a', impact: 'degraded_performance', from: at('02:00'), to: at('12:00') },
      ],
      [{ service: 'a', impact: 'partial_outage', from: at('01:00'), to: at('03:00') }],
      [{ service: 'b', impact: 'major_outage', from: at('00:00'), to: null }],
    );
    // 3 hours of 90 days.
    expect(uptimeOf(of, 'a', now).percent).toBe('99.86');
    expect(uptimeOf(of, 'a', now).days.at(-1)).toEqual({ day: '2026-03-14', impact: 'major_outage' });
    expect(uptimeOf(of, 'c', now).percent).toBe('100.00');
    expect(uptimeOf(of, 'c', now).days).toHaveLength(90);
  });

  test('[P15] is never rounded up to a whole that it is not', () => {
    const second: Hit = {
      service: 'a',
      impact: 'major_outage',
      from: at('00:00'),
      to: '2026-03-14T00:00:01.000Z',
    };
    expect(uptimeOf(model([second]), 'a', now).percent).toBe('99.99');
  });

  test('[P15] follows the changes in the log, ends with the incident, and is now what the worst open one says', () => {
    const changes = [
      { at: at('01:00'), service: 'a', impact: 'major_outage' as const },
      { at: at('02:00'), service: 'a', impact: 'degraded_performance' as const },
      { at: at('03:00'), service: 'b', impact: 'partial_outage' as const },
      { at: at('04:00'), service: 'b', impact: 'operational' as const },
    ];
    expect(hitsOf(changes, at('05:00'))).toEqual([
      { service: 'a', impact: 'major_outage', from: at('01:00'), to: at('02:00') },
      { service: 'a', impact: 'degraded_performance', from: at('02:00'), to: at('05:00') },
      { service: 'b', impact: 'partial_outage', from: at('03:00'), to: at('04:00') },
    ]);
    const open = model(hitsOf(changes, null), [
      { service: 'a', impact: 'partial_outage', from: at('01:00'), to: null },
    ]);
    expect([impactNow(open, 'a'), impactNow(open, 'b')]).toEqual(['partial_outage', 'operational']);
  });
});

describe('a feed', () => {
  const feed: Feed = {
    ...{ title: 'A & B <x>', page: 'https://x.test/status', address: 'https://x.test/status/feed' },
    ...{ locale: 'ko', updatedAt: at('12:00') },
    items: [
      {
        ...{ url: 'https://x.test/status/i/1#update-1', title: 'T ]]> "q"', at: at('11:00') },
        text: 'line 1\n<b>&\u0000\u0008 ]]> 글',
      },
    ],
  };

  test('[P14] is XML that can be read, whatever people wrote', () => {
    for (const form of ['rss', 'atom'] as const) {
      const xml = renderFeed(form, feed);
      // Everything between tags is escaped: no tag but ours, no bare ampersand, no control character.
      expect(xml.match(/&(?!amp;|lt;|gt;|quot;|#39;)/g)).toBeNull();
      expect(xml).not.toContain('<b>');
      // eslint-disable-next-line no-control-regex
      expect(xml).not.toMatch(/[\u0000-\u0008]/);
      const open = [...xml.matchAll(/<([a-z:]+)[^>]*?(\/?)>/gi)].filter(([, , end]) => end !== '/').length;
      expect(open - 0).toBe([...xml.matchAll(/<\/[a-z:]+>/gi)].length);
      expect(xml).toContain('글');
    }
    expect(JSON.parse(renderFeed('json', feed))).toMatchObject({
      version: 'https://jsonfeed.org/version/1.1',
      feed_url: 'https://x.test/status/feed.json',
      items: [{ id: 'https://x.test/status/i/1#update-1', date_published: at('11:00') }],
    });
  });
});
