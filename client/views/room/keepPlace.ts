/** Remembers where one types: the focused element and, in text fields, the caret. The answer brings both back. */
export function keepPlace(): () => void {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || element === document.body) return () => undefined;
  const isField = element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement;
  const caret = isField ? readCaret(element) : null;
  return () => {
    if (!element.isConnected) return;
    element.focus({ preventScroll: true });
    if (isField && caret) element.setSelectionRange(caret.start, caret.end);
  };
}

function readCaret(field: HTMLTextAreaElement | HTMLInputElement): { start: number; end: number } | null {
  const { selectionStart: start, selectionEnd: end } = field;
  return start === null || end === null ? null : { start, end };
}
