/**
 * What the stakeholder page runs in a browser: adds the reader's own time to each UTC time, and says when something new
 * is there without moving the text being read. Plain script text, since this page loads nothing that was built.
 */
export const stakeholderScript = `
const main = document.querySelector('main');
const live = document.querySelector('.live');

for (const time of document.querySelectorAll('time')) {
  const at = new Date(time.dateTime);
  const local = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
  const zone = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(at).find((part) => part.type === 'timeZoneName');
  if (zone && zone.value !== 'UTC') time.textContent = local.format(at) + ' ' + zone.value + ' (' + time.textContent + ')';
}

function say(text, withButton) {
  if (live.firstChild && live.firstChild.textContent === text) return;
  live.replaceChildren(document.createTextNode(text));
  if (!withButton) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = main.dataset.show;
  button.addEventListener('click', () => location.reload());
  live.append(' ', button);
}

if (main && main.dataset.events) {
  const events = new EventSource(main.dataset.events);
  let shown = null;
  let hasNew = false;
  events.addEventListener('view', (event) => {
    if (shown === null) shown = event.data;
    hasNew = hasNew || event.data !== shown;
    if (hasNew) say(main.dataset.new, true);
    else live.replaceChildren();
  });
  events.addEventListener('end', () => {
    events.close();
    say(main.dataset.ended, false);
  });
  events.addEventListener('error', () => {
    if (!hasNew) say(main.dataset.offline, false);
  });
}
`;
