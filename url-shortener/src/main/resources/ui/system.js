// This node from inside: which tier answers, what it costs behind it, where clicks wait.

import { call } from './api.js';
import { trace } from './charts.js';
import { count, h, toast } from './dom.js';

const INTERVAL_MILLIS = 1000;
const READINGS = 60;

const percent = new Intl.NumberFormat(undefined, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const share = (part, whole) => (whole > 0 ? percent.format(part / whole) : '–');

const FAULT_SECONDS = 10;
const DONE = { pause: 'paused', kill: 'killed' };

/** Switches of the embedded servers, or null where the service was started without them or its servers are somebody else's. */
async function chaosCard(signal) {
  const states = await call('GET', '/api/v1/chaos');
  if (states.data.length === 0) {
    return null;
  }
  const rows = h('div', { class: 'tiles' });
  const act = (method, path) => async () => {
    await call(method, path).catch((failure) => toast(failure.message));
    await show().catch(() => {});
  };
  const row = ({ server, fault, healsAt }) => h('div', { class: 'tile' },
    h('b', {}, server),
    h('p', { class: 'muted small' }, fault ? `${DONE[fault]} until ${new Date(healsAt).toLocaleTimeString()}` : 'well'),
    h('div', { class: 'row' }, fault
      ? h('button', { onclick: act('DELETE', `/api/v1/chaos/${server}`), 'aria-label': `Heal ${server}` }, 'Heal')
      : ['pause', 'kill'].map((name) => h('button', {
        class: 'danger', onclick: act('PUT', `/api/v1/chaos/${server}?fault=${name}&seconds=${FAULT_SECONDS}`), 'aria-label': `${name} ${server}`,
      }, `${name === 'pause' ? 'Pause' : 'Kill'} ${FAULT_SECONDS} s`))));
  let shown = '';
  const draw = ({ data }) => {
    const now = JSON.stringify(data);
    if (now !== shown) { // a button that is replaced every second can be missed
      shown = now;
      rows.replaceChildren(...data.map(row));
    }
  };
  const show = async () => draw(await call('GET', '/api/v1/chaos'));
  draw(states);
  const timer = setInterval(() => { if (!document.hidden) { show().catch(() => {}); } }, INTERVAL_MILLIS);
  signal.addEventListener('abort', () => clearInterval(timer));
  return h('section', { class: 'card' }, h('h2', {}, 'Break something'),
    h('p', { class: 'muted small' }, 'Predict first: what happens to redirects, edits and counts? A server heals by itself. While PostgreSQL is hurt no key can be checked, so this page waits too.'), rows);
}

export async function systemView(signal, root) {
  root.dataset.title = 'System';
  const history = [];
  let previous = null;
  const content = h('div', {});
  content.style.display = 'contents';
  root.append(content);
  const tile = (name, value) => h('div', { class: 'tile' }, h('b', {}, typeof value === 'number' ? count.format(value) : value), h('span', { class: 'muted small' }, name));
  const card = (title, note, ...tiles) => h('section', { class: 'card' }, h('h2', {}, title), h('div', { class: 'tiles' }, tiles), note ? h('p', { class: 'muted small' }, note) : null);

  async function read() {
    const now = await call('GET', '/api/v1/system');
    const rate = previous ? Math.max(0, now.lookups - previous.lookups) / (INTERVAL_MILLIS / 1000) : 0;
    previous = now;
    history.push(rate);
    history.splice(0, history.length - READINGS);
    const backing = Object.entries(now.backing).map(([name, state]) =>
      h('span', { class: `tag ${state === 'up' ? 'state-up' : 'state-down'}` }, `${name} ${state}`));
    content.replaceChildren(
      h('section', { class: 'card' },
        h('div', { class: 'row spread' }, h('h2', {}, `Node ${now.nodeId}`), h('div', {}, backing)),
        h('div', { class: 'tiles' }, tile('look-ups per second', rate), tile('look-ups since start', now.lookups)),
        trace(history, READINGS)),
      card('Who answered', now.tiers.l1.degraded ? 'L1 is degraded: invalidations cannot be heard, so entries live one second.' : null,
        tile('L1, this process', share(now.tiers.l1.hits, now.lookups)), tile('L2, Redis', share(now.tiers.l2.hits, now.lookups)),
        tile('PostgreSQL', share(now.tiers.database.hits, now.lookups)),
        tile('entries in L1', now.tiers.l1.entries)),
      card('Keeping caches true', 'A load that an invalidation overtook is not cached: that is an epoch drop.',
        tile('invalidations heard', now.invalidations), tile('epoch drops', now.epochDrops), tile('waited for another node', now.leaseWaits), tile('Redis errors', now.tiers.l2.errors)),
      card('Clicks on their way', 'Recorded → queue → Kafka (or spool while it is down) → rollups.',
        tile('recorded', now.clicks.recorded), tile('bytes in the queue', now.clicks.queuedBytes), tile('in Kafka', now.clicks.published),
        tile('bytes spooled', now.clicks.spooledBytes), tile('dropped', now.clicks.dropped), tile('counted by this node', now.clicks.aggregated)));
  }

  const chaos = await chaosCard(signal);
  await read();
  if (chaos) {
    root.append(chaos);
  }
  const timer = setInterval(() => {
    if (!document.hidden) {
      read().catch(() => { if (!signal.aborted) { content.replaceChildren(h('section', { class: 'card' }, h('p', { class: 'error' }, 'This node does not answer.'))); } });
    }
  }, INTERVAL_MILLIS);
  signal.addEventListener('abort', () => clearInterval(timer));
}
