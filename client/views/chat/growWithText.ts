const LINE = 22;
const LINES = 8;
const PADDING = 16;

/** Makes a text box as high as its text, up to eight lines. It gets lower again only when it is empty, so that it does not jump. */
export function growWithText(box: HTMLTextAreaElement): void {
  const most = LINE * LINES + PADDING;
  const isEmpty = box.value === '';
  const kept = isEmpty ? 0 : Math.min(box.clientHeight, most);
  box.style.height = 'auto';
  const wanted = Math.min(box.scrollHeight, most);
  box.style.height = `${Math.max(kept, wanted)}px`;
}
