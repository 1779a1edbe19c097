import type { Page } from 'playwright-core';

/** Everything a hand or the keyboard can use. */
const CONTROLS =
  'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=tab], [role=slider], [role=option], [role=menuitem], [contenteditable=true], [tabindex="0"]';

/** Controls smaller than `least` CSS pixels in either direction, as lines; empty when all are large enough. */
export function smallTargets(page: Page, least: number, within = 'body'): Promise<string[]> {
  return page.evaluate(
    ({ controls, least: limit, within: place }) => {
      const name = (element: Element): string =>
        `${element.tagName.toLowerCase()}${[...element.classList].map((one) => `.${one}`).join('')} “${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 30)}”`;
      const dialog = document.querySelector('[aria-modal="true"]');
      const isSeen = (element: Element): boolean =>
        element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
        (dialog === null || dialog.contains(element)) &&
        element.closest('.visually-hidden, .announcer, .skip-link, [aria-hidden="true"], :disabled') === null;
      /** A link in a sentence takes the height of its line (WCAG 2.5.8, inline). */
      const isInline = (element: Element): boolean =>
        element.tagName === 'A' && getComputedStyle(element).display === 'inline';
      const boxOf = (element: Element): DOMRect => {
        // A slider is moved by its whole track.
        const own = (element.role === 'slider' ? element.parentElement : element)?.getBoundingClientRect();
        if (!own) return new DOMRect();
        const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
        const boxes = [own, ...labels.map((label) => label.getBoundingClientRect())];
        const left = Math.min(...boxes.map((box) => box.left));
        const top = Math.min(...boxes.map((box) => box.top));
        const right = Math.max(...boxes.map((box) => box.right));
        const bottom = Math.max(...boxes.map((box) => box.bottom));
        return new DOMRect(left, top, right - left, bottom - top);
      };
      /** A thin thing whose surroundings take the click as well. */
      const isWider = (element: Element, size: number): boolean => {
        const { left, top, width, height } = element.getBoundingClientRect();
        const [x, y, half] = [left + width / 2, top + height / 2, size / 2 - 1];
        return [
          [x - half, y],
          [x + half, y],
          [x, y - half],
          [x, y + half],
        ].every(([atX = 0, atY = 0]) => {
          const hit = document.elementFromPoint(atX, atY);
          return hit !== null && element.contains(hit);
        });
      };
      return [...document.querySelectorAll(place)]
        .flatMap((root) => [...root.querySelectorAll(controls)])
        .filter((element) => isSeen(element) && !isInline(element))
        .flatMap((element) => {
          const { width, height } = boxOf(element);
          if (width === 0 || height === 0) return [];
          const small = (width < limit - 0.5 || height < limit - 0.5) && !isWider(element, limit);
          return small ? [`${name(element)}: ${Math.round(width)}×${Math.round(height)}`] : [];
        });
    },
    { controls: CONTROLS, least, within },
  );
}

/** How much wider than the window the page is, with what sticks out; empty when it fits. */
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= innerWidth) return [];
    const wide = [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
      .slice(0, 5)
      .map((element) => `${element.tagName.toLowerCase()}.${[...element.classList].join('.')}`);
    return [`${scrollWidth} > ${innerWidth}: ${wide.join(', ')}`];
  });
}

/** Texts under 4.5 : 1 and edges of fields and badges under 3 : 1 against what is behind them. */
export function weakContrasts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    type Colour = [number, number, number, number];
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const known = new Map<string, Colour>();
    /** The browser itself reads every form a colour may be written in. */
    const parse = (text: string): Colour => {
      const held = known.get(text);
      if (held || !canvas) return held ?? [0, 0, 0, 1];
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const [red = 0, green = 0, blue = 0, alpha = 255] = canvas.getImageData(0, 0, 1, 1).data;
      const colour: Colour = [red, green, blue, alpha / 255];
      known.set(text, colour);
      return colour;
    };
    const over = (top: Colour, under: Colour): Colour => {
      const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + under[index] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const backgroundOf = (element: Element | null): Colour => {
      const layers: Colour[] = [];
      for (let one = element; one; one = one.parentElement) {
        const colour = parse(getComputedStyle(one).backgroundColor);
        if (colour[3] > 0) layers.push(colour);
        if (colour[3] === 1) break;
      }
      return layers.reduceRight<Colour>((under, top) => over(top, under), parse('Canvas'));
    };
    const luminance = (colour: Colour): number => {
      const part = (value: number): number => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2]);
    };
    const ratio = (one: Colour, other: Colour): number => {
      const [high = 0, low = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
      return (high + 0.05) / (low + 0.05);
    };
    const name = (element: Element): string =>
      `${element.tagName.toLowerCase()}${[...element.classList].map((one) => `.${one}`).join('')} “${element.textContent.trim().slice(0, 24)}”`;
    const isSeen = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.closest('.visually-hidden, .announcer') === null;
    /** Where a dialog is open, what is under its scrim is not in use. */
    const isInUse = (element: Element): boolean => {
      const dialog = document.querySelector('[aria-modal="true"]');
      if (dialog && !dialog.contains(element)) return false;
      return element.closest(':disabled, [data-disabled="true"]') === null;
    };
    const weak: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      if (!isSeen(element) || !isInUse(element)) continue;
      const style = getComputedStyle(element);
      const behind = backgroundOf(element);
      // Text of a picture is painted by its fill, over shapes that are no ancestors of it: axe and the eye judge those.
      if (element instanceof SVGElement || element.closest('.replay-lane-words') !== null) continue;
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== '',
      );
      if (hasText) {
        const found = ratio(over(parse(style.color), behind), behind);
        if (found < 4.5) weak.push(`text ${name(element)}: ${found.toFixed(2)}`);
      }
      const isField = element.matches(
        'input:not([type=radio], [type=checkbox], [type=range]), textarea, select',
      );
      if (!isField && !element.matches('.badge, .status-step')) continue;
      if (element.matches('.palette-field, .mantine-PasswordInput-innerInput')) continue;
      const outside = backgroundOf(element.parentElement);
      const edge =
        style.borderTopStyle === 'none' || style.borderTopWidth === '0px'
          ? outside
          : over(parse(style.borderTopColor), outside);
      const best = Math.max(ratio(edge, outside), ratio(behind, outside));
      if (best < 3) weak.push(`edge ${name(element)}: ${best.toFixed(2)}`);
    }
    return [...new Set(weak)];
  });
}

/** Where the focus is, and what is wrong with how it shows; `trouble` is empty when a ring is seen and nothing covers it. */
export function focusOf(page: Page): Promise<{ stop: string; trouble: string }> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return { stop: '', trouble: '' };
    // A heading takes the focus to say where one is; it is no control.
    if (/^H\d$/.test(element.tagName)) return { stop: element.tagName, trouble: '' };
    const words = element.getAttribute('aria-label') ?? element.textContent;
    const stop = `${element.tagName.toLowerCase()}${[...element.classList].map((one) => `.${one}`).join('')}#${element.id} “${words.trim().slice(0, 30)}”`;
    // A ring may be drawn on a part of it, on what stands for it, or on what holds it.
    const rings: Element[] = [...element.querySelectorAll('*')];
    if (element.nextElementSibling) rings.push(element.nextElementSibling);
    for (let one: Element | null = element; one && one !== document.body; one = one.parentElement)
      rings.push(one);
    const isRinged = rings.some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      return (
        (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) ||
        ((one === element || one.matches('.document-host')) && boxShadow !== 'none')
      );
    });
    const { left, top, width, height } = element.getBoundingClientRect();
    // A box taller than the window is met in the part of it that is seen.
    const [low, high] = [Math.max(top, 0), Math.min(top + height, innerHeight)];
    const hit = document.elementFromPoint(left + width / 2, (low + high) / 2);
    const isMet =
      hit !== null &&
      (element.contains(hit) ||
        (hit.contains(element) && hit.tagName === 'LABEL') ||
        (element instanceof HTMLInputElement &&
          [...(element.labels ?? [])].some((label) => label.contains(hit))) ||
        (hit.parentElement === element.parentElement && element instanceof HTMLInputElement));
    const trouble = [
      ...(isRinged ? [] : ['no ring']),
      ...(isMet
        ? []
        : [
            `covered by ${hit === null ? 'nothing: it is out of sight' : `${hit.tagName.toLowerCase()}.${[...hit.classList].join('.')}`}`,
          ]),
    ].join(', ');
    return { stop, trouble };
  });
}

/** Names of the badges shown now: what a screen reader says of each, and what is drawn without colour. */
export function badges(page: Page): Promise<{ kind: string; said: string; drawn: string }[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.badge')]
      .filter((badge) => badge.checkVisibility())
      .map((badge) => {
        const copy = badge.cloneNode(true) as Element;
        for (const hidden of copy.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
        const seen = [...badge.querySelectorAll('*')].filter(
          (one) => one.matches(':not(.visually-hidden)') && one.children.length === 0,
        );
        return {
          kind: [...badge.classList].filter((one) => /^(role|severity)-/.test(one)).join(' '),
          said: copy.textContent.trim().replaceAll(/\s+/g, ' '),
          drawn:
            `${badge.querySelector('svg')?.innerHTML ?? ''} ${seen.map((one) => one.textContent).join('')}`.trim(),
        };
      }),
  );
}
