const COMMON = new Set([
  'the',
  'is',
  'are',
  'in',
  'on',
  'for',
  'of',
  'and',
  'not',
  'to',
  'it',
  'at',
  '장애',
  '문제',
]);

/** Words worth comparing, lower case: at least two letters, or a Korean word without its particle. */
export function wordsOf(text: string): Set<string> {
  const words = text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) =>
      word.replace(/(?<=\p{Script=Hangul}{2})(?:에서|으로|이|가|은|는|을|를|에|의|도|로)$/u, ''),
    );
  return new Set(words.filter((word) => word.length >= 2 && !COMMON.has(word)));
}

/** What incidents are compared by. */
export interface Comparable {
  title: string;
  /** Of what was told and found out about it. */
  words: ReadonlySet<string>;
  services: readonly string[];
}

/** How alike two incidents are, and what they share. */
export interface Likeness {
  score: number;
  words: string[];
  services: string[];
}

/** A word of both titles says more than one of the texts, and a service that both hit as much as two such words. */
const [TITLE_WEIGHT, SERVICE_WEIGHT] = [3, 6];

/**
 * Compares one incident with others; the answers stand in the order of the others. A word counts the more, the fewer of
 * all incidents have it; what has neither a word of its title nor a service in common scores 0.
 */
export function likenessOf(one: Comparable, others: readonly Comparable[]): Likeness[] {
  const spread = new Map<string, number>();
  const all = [one, ...others].map((each) => ({ title: wordsOf(each.title), words: each.words }));
  for (const { title, words } of all) {
    for (const word of new Set([...title, ...words])) spread.set(word, (spread.get(word) ?? 0) + 1);
  }
  const rarity = (word: string): number => Math.log(1 + all.length / (spread.get(word) ?? 1));
  const own = all[0] ?? { title: new Set<string>(), words: one.words };
  const ownWords = new Set([...own.title, ...own.words]);
  return others.map((other, index) => {
    const compared = all[index + 1] ?? { title: new Set<string>(), words: other.words };
    const inTitles = [...compared.title].filter((word) => own.title.has(word));
    const shared = [...new Set([...compared.title, ...compared.words])].filter((word) => ownWords.has(word));
    const services = other.services.filter((service) => one.services.includes(service));
    if (inTitles.length === 0 && services.length === 0) return { score: 0, words: [], services: [] };
    const weightOf = (word: string): number => rarity(word) * (inTitles.includes(word) ? TITLE_WEIGHT : 1);
    const score = shared.reduce((sum, word) => sum + weightOf(word), 0) + services.length * SERVICE_WEIGHT;
    const telling = shared.toSorted((a, b) => weightOf(b) - weightOf(a)).slice(0, 8);
    return { score, words: telling, services };
  });
}
