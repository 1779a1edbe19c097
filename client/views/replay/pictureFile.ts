export type PictureFormat = 'svg' | 'png';

/** What makes up the looks of a drawing; a file has no style sheet of ours. */
const LOOKS = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-family',
  'font-size',
  'font-weight',
  'opacity',
  'paint-order',
  'stroke-linejoin',
] as const;

/** Pixels of the picture for each CSS pixel. */
const SHARPNESS = 2;
const MARGIN = 16;

/** Saves a drawing that is on the page as a file. Throws when the browser cannot. */
export async function savePicture(
  drawing: SVGSVGElement,
  format: PictureFormat,
  name: string,
): Promise<void> {
  const { text, width, height } = standalone(drawing);
  if (format === 'svg') {
    saveBlob(new Blob([text], { type: 'image/svg+xml' }), `${name}.svg`);
    return;
  }
  const image = new Image();
  // The content policy lets pictures come from this page and from data addresses only.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * SHARPNESS;
  canvas.height = height * SHARPNESS;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, 'image/png');
  });
  if (!blob) throw new Error('The browser made no picture.');
  saveBlob(blob, `${name}.png`);
}

/** The drawing as a text that needs nothing else: looks written out, on the ground of the page, with a margin. */
function standalone(drawing: SVGSVGElement): { text: string; width: number; height: number } {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = drawing.querySelectorAll<SVGElement>('*');
  for (const [index, element] of copy.querySelectorAll<SVGElement>('*').entries()) {
    const original = originals[index];
    if (!original) continue;
    const computed = getComputedStyle(original);
    const looks = LOOKS.map((look) => `${look}:${computed.getPropertyValue(look)}`).join(';');
    // Chromium writes the address of the page into references to patterns.
    element.setAttribute('style', looks.replaceAll(/url\("[^"#]*#/g, 'url("#'));
    element.removeAttribute('class');
  }
  const box = drawing.viewBox.baseVal;
  const [width, height] = [box.width + 2 * MARGIN, box.height + 2 * MARGIN];
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('viewBox', `${box.x - MARGIN} ${box.y - MARGIN} ${width} ${height}`);
  copy.removeAttribute('class');
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  ground.setAttribute('x', String(box.x - MARGIN));
  ground.setAttribute('y', String(box.y - MARGIN));
  ground.setAttribute('width', String(width));
  ground.setAttribute('height', String(height));
  ground.setAttribute('fill', getComputedStyle(drawing).getPropertyValue('--surface') || '#ffffff');
  copy.prepend(ground);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

function saveBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
