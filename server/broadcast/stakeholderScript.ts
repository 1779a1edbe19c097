/**
 * What the stakeholder page runs in a browser: adds the reader's own time to each UTC time, and says when something new
 * is there without moving the text being read. Plain script text, since this page loads nothing that was built.
 */
export const stakeholderScript = `
const main = document.querySelector('main');
const live = document.querySelector('.live');

const zoneName = Intl.DateTimeFormat().resolvedOptions().timeZone;
const knownZones = new Map([['Asia/Seoul', 'KST'], ['Asia/Tokyo', 'JST'], ['UTC', 'UTC'], ['Etc/UTC', 'UTC']]);
const language = document.documentElement.lang === 'ko' ? 'ko-KR' : 'en-GB';
const dayForm = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
const clockForm = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const zoneForm = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });
const today = dayForm.format(new Date());

function zoneAt(at) {
  const part = zoneForm.formatToParts(at).find((one) => one.type === 'timeZoneName');
  return knownZones.get(zoneName) || (part ? part.value : zoneName);
}

function showLocal(root) {
  for (const time of root.querySelectorAll('time')) localize(time);
}

function localize(time) {
  const at = new Date(time.dateTime);
  const zone = zoneAt(at);
  if (zone === 'UTC') return;
  const day = dayForm.format(at);
  const utc = time.dateTime.slice(11, 16) + ' UTC';
  time.title = time.textContent;
  time.textContent = (day === today ? '' : day + ' ') + clockForm.format(at) + ' ' + zone + ' (' + utc + ')';
}

// What the page tells, as the server wrote it: the times in it are made the reader's own afterwards.
const newsOf = (page) => [...page.querySelectorAll('[data-part] article')].map((one) => one.textContent).join();
let told = newsOf(document);
showLocal(document);

function showWithin() {
  for (const element of document.querySelectorAll('.within')) {
    const { until, minutes: short, hours: long } = element.dataset;
    const minutes = Math.floor((Date.parse(until) - Date.now()) / 60000);
    const form = minutes < 60 ? short : long;
    const text = form.replace('{h}', String(Math.floor(minutes / 60))).replace('{m}', String(minutes % 60));
    element.textContent = minutes < 0 ? '' : text;
  }
}

setInterval(showWithin, 20000);

function say(text, withButton) {
  if (live.firstChild && live.firstChild.textContent === text) return;
  live.replaceChildren(document.createTextNode(text));
  if (!withButton) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = main.dataset.show;
  button.addEventListener('click', () => show().catch(() => location.reload()));
  live.append(' ', button);
}

let hasNew = false;

async function load() {
  const answer = await fetch(location.pathname + location.search, { cache: 'no-cache' });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

// What is being written stays: only the parts that tell are replaced.
function take(next, parts) {
  for (const part of parts) {
    const fresh = next.querySelector('[data-part="' + part.dataset.part + '"]');
    if (!fresh) throw new Error('another page');
    const earlier = part.querySelector('details');
    part.replaceChildren(...fresh.childNodes);
    const details = part.querySelector('details');
    if (earlier && details) details.open = earlier.open;
    showLocal(part);
  }
  document.title = next.title;
}

// How it stands and when the next word is promised are true at once; texts wait until the reader asks for them.
async function refresh() {
  const next = await load();
  const late = document.querySelector('.late');
  hasNew = newsOf(next) !== told;
  const marked = String(getSelection());
  const isFree = (part) => !part.contains(document.activeElement) && marked === '';
  const parts = [...document.querySelectorAll('[data-part]')];
  take(next, parts.filter((part) => part.dataset.now !== undefined || (!hasNew && isFree(part))));
  if (hasNew) say(main.dataset.new, true);
  else live.replaceChildren();
  const isLate = document.querySelector('.late');
  if (isLate && !late && !hasNew) say(isLate.textContent, false);
}

async function show() {
  const next = await load();
  const news = newsOf(next);
  take(next, document.querySelectorAll('[data-part]'));
  told = news;
  hasNew = false;
  live.replaceChildren();
  const heading = document.querySelector('#latest, #now, h1');
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
}

const isAway = () => {
  if (!hasNew) say(main.dataset.offline, false);
};

if (main && main.dataset.new) {
  setInterval(() => {
    if (!document.hidden) refresh().catch(isAway);
  }, 60000);
}

if (main && main.dataset.events) {
  const events = new EventSource(main.dataset.events);
  let seen = null;
  events.addEventListener('view', (event) => {
    const isFirst = seen === null;
    const isOther = event.data !== seen;
    seen = event.data;
    if (!isFirst && isOther) refresh().catch(isAway);
    else if (!hasNew) live.replaceChildren();
  });
  events.addEventListener('end', () => {
    events.close();
    say(main.dataset.ended, false);
  });
  events.addEventListener('error', isAway);
}
`;
