// What finding a link takes: the tiers that a redirect would ask on this node, without the redirect and without a click.

import { call, ownPath } from './api.js';
import { h } from './dom.js';

const LOOKUPS_SHOWN = 5;
const TIERS = { l1: 'L1, this process', l2: 'L2, Redis', db: 'PostgreSQL' };

const duration = new Intl.NumberFormat(undefined, { style: 'unit', unit: 'millisecond', minimumFractionDigits: 2, maximumFractionDigits: 2 });
const asked = ({ operations, millis }, name) => (operations === 0 ? '–'
  : `${operations} ${name}${operations === 1 ? '' : 's'}${millis > 0 ? `, ${duration.format(millis)}` : ''}`);

function row(lookup) {
  return h('tr', {},
    h('td', {}, TIERS[lookup.tier] || lookup.tier,
      lookup.stale ? h('span', { class: 'tag', title: 'Past its time; it is being refreshed' }, 'stale') : null,
      lookup.leaseMillis > 0 ? h('span', { class: 'tag', title: 'Another node was loading the link' }, `waited ${duration.format(lookup.leaseMillis)}`) : null),
    h('td', {}, asked(lookup.redis, 'command')),
    h('td', {}, lookup.postgres.operations === 1 ? `1 query, ${duration.format(lookup.postgres.millis)}` : asked(lookup.postgres, "query")),
    h('td', { class: 'number' }, duration.format(lookup.millis)));
}

/** A card and the function that makes it look again. */
export function tiersCard(link) {
  const node = h('span', { class: 'muted small' });
  const error = h('p', { class: 'error', role: 'alert' });
  const body = h('tbody', { 'data-testid': 'lookups', 'aria-live': 'polite' });
  const look = async () => {
    error.textContent = '';
    try {
      const lookup = await call('GET', ownPath(link.shortCode, link.domain, 'lookup'));
      node.textContent = `on node ${lookup.nodeId}`;
      body.prepend(row(lookup));
      [...body.children].slice(LOOKUPS_SHOWN).forEach((old) => old.remove());
    } catch (failure) {
      error.textContent = failure.message;
    }
  };
  const card = h('section', { class: 'card' },
    h('div', { class: 'row spread' }, h('h2', {}, 'What a redirect asks'), node),
    h('p', { class: 'muted small' }, 'Each row is one look-up as a redirect does it, the newest first; no click is counted. After an edit every node has to ask again.'),
    error,
    h('div', { class: 'table-wrap' }, h('table', { class: 'lookups' },
      h('thead', {}, h('tr', {}, h('th', {}, 'Answered by'), h('th', {}, 'Redis'), h('th', {}, 'PostgreSQL'), h('th', { class: 'number' }, 'Took'))), body)),
    h('div', {}, h('button', { onclick: look }, 'Look it up again')));
  return { card, look };
}
