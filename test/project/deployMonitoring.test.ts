import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { CONFIGURATION_PAGE, configurationPage } from '../../scripts/configurationPage.ts';
import { createMetrics } from '../../server/edges/metrics.ts';
import { root } from '../support/serverProcess.ts';

const read = (name: string): string => readFileSync(join(root, name), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
}

const rules = (parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(read('deploy/grafana/warroom.json')) as {
  panels: { id: number; title: string; description: string; targets: { expr: string }[] }[];
};
const guides = readdirSync(join(root, 'docs/operating')).filter((name) => name.endsWith('.md'));

/** Every name in a text that looks like one of a series of this program. */
function seriesIn(text: string): string[] {
  return [...text.matchAll(/\b(?:warroom|process|nodejs)_[a-z0-9_]+\b/g)].map(([name]) => name);
}

/** The series that the program exports; a histogram has three. */
async function exported(): Promise<Set<string>> {
  const text = await createMetrics().text();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
}

describe('monitoring', () => {
  test('the dashboard asks only for series that the server exports', async () => {
    const known = await exported();
    const asked = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => seriesIn(expr)));
    expect(asked.length).toBeGreaterThan(20);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  test('the alerts ask only for series that the server exports, and up', async () => {
    const known = await exported();
    for (const { alert, expr } of rules) {
      const asked = seriesIn(expr);
      expect([alert, asked.filter((name) => !known.has(name))]).toEqual([alert, []]);
      expect([alert, asked.length > 0 || expr.startsWith('up{')]).toEqual([alert, true]);
    }
  });

  test('the guides name only series that the server exports', async () => {
    const known = await exported();
    // A volume of compose, not a series.
    const others = new Set(['warroom_data']);
    for (const guide of guides) {
      const named = seriesIn(read(join('docs/operating', guide))).filter((name) => !others.has(name));
      expect([guide, named.filter((name) => !known.has(name))]).toEqual([guide, []]);
    }
  });

  test('every alert says what it means and what to do, in a guide that exists', () => {
    const failures = read('docs/operating/failures.md');
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect([alert, ['page', 'look'].includes(labels.severity)]).toEqual([alert, true]);
      expect(annotations.summary).toContain('{{ $labels.instance }}');
      for (const [, file = ''] of annotations.description.matchAll(/docs\/operating\/(\w+\.md)/g)) {
        expect(guides).toContain(file);
      }
      for (const [, heading = ''] of annotations.description.matchAll(/"([A-Z][^"]* (?:dies|away|full))"/g)) {
        expect(failures).toContain(`## ${heading}\n`);
      }
    }
  });

  test('panels have an id each and a sentence', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, description } of dashboard.panels) expect([title, description]).not.toContain('');
  });
});

describe('the guides', () => {
  test('the page of settings is the one of the schema', () => {
    expect(read('docs/operating/configuration.md')).toBe(configurationPage());
    expect(CONFIGURATION_PAGE).toBe(join(root, 'docs/operating/configuration.md'));
  });

  test('their links lead to files and headings that exist', () => {
    const broken = guides.flatMap((guide) => {
      const links = [...read(join('docs/operating', guide)).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)];
      return links
        .map(([, link = '']) => `${guide}: ${link}`)
        .filter((it) => !leadsSomewhere(guide, it.split(': ')[1]));
    });
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(guide: string, link = ''): boolean {
  const [file = '', heading] = link.split('#');
  try {
    const text = read(join('docs/operating', file === '' ? guide : file));
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    return heading === undefined || headings.includes(heading);
  } catch (error) {
    // A folder is a fine place to lead to.
    return error instanceof Error && 'code' in error && error.code === 'EISDIR';
  }
}
