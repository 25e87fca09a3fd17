// One link: where it goes, its QR code, and its clicks as they happen.

import { call, events, linkPath, ownPath } from './api.js';
import { bars, timeSeries } from './charts.js';
import { copy, count, deceptiveHost, fromLocalInput, h, toast, toLocalInput, when } from './dom.js';
import { rulesCard } from './rules.js';
import { tiersCard } from './tiers.js';

function editor(link, onSaved) {
  const error = h('p', { class: 'error', role: 'alert' });
  const input = (name, label, attributes = {}) => h('label', {}, label, h('input', { name, ...attributes }));
  const form = h('form', { onsubmit: async (event) => {
    event.preventDefault();
    error.textContent = '';
    const fields = new FormData(form);
    const body = {
      longUrl: fields.get('longUrl'),
      title: fields.get('title') || null,
      tags: fields.get('tags').split(',').map((tag) => tag.trim()).filter(Boolean),
      validSince: fromLocalInput(fields.get('validSince')),
      validUntil: fromLocalInput(fields.get('validUntil')),
      maxVisits: fields.get('maxVisits') ? Number(fields.get('maxVisits')) : null,
      redirectStatus: Number(fields.get('redirectStatus')),
      forwardQuery: fields.has('forwardQuery'),
      crawlable: fields.has('crawlable'),
    };
    if (fields.get('password')) {
      body.password = fields.get('password');
    } else if (fields.has('noPassword')) {
      body.password = null;
    }
    try {
      onSaved(await call('PATCH', linkPath(link.shortCode, link.domain), body));
      toast('Saved. Every node answers with it within a second.');
    } catch (failure) {
      error.textContent = failure.message;
    }
  } },
  input('longUrl', 'Long URL', { type: 'url', required: true, value: link.longUrl }),
  h('div', { class: 'fields' },
    input('title', 'Title', { value: link.title || '' }),
    input('tags', 'Tags, by commas', { value: link.tags.join(', ') }),
    input('validSince', 'Works from', { type: 'datetime-local', value: toLocalInput(link.meta.validSince) }),
    input('validUntil', 'Works until', { type: 'datetime-local', value: toLocalInput(link.meta.validUntil) }),
    input('maxVisits', 'Most visits', { type: 'number', min: 1, value: link.meta.maxVisits ?? '' }),
    input('password', link.hasPassword ? 'New password' : 'Password', { type: 'password', autocomplete: 'new-password' }),
    h('label', {}, 'Redirect', h('select', { name: 'redirectStatus' }, [302, 307, 301, 308].map((status) =>
      h('option', { value: status, selected: status === link.redirectStatus }, String(status))))),
    h('label', { class: 'inline' }, h('input', { type: 'checkbox', name: 'forwardQuery', checked: link.forwardQuery }), 'Pass the query string on'),
    h('label', { class: 'inline' }, h('input', { type: 'checkbox', name: 'crawlable', checked: link.crawlable }), 'Let crawlers in'),
    link.hasPassword ? h('label', { class: 'inline' }, h('input', { type: 'checkbox', name: 'noPassword' }), 'Remove the password') : null),
  error,
  h('div', {}, h('button', { class: 'primary' }, 'Save')));
  return h('details', {}, h('summary', {}, 'Edit'), form);
}

function head(link, reload) {
  const remove = async () => {
    if (window.confirm(`Delete ${link.shortUrl}? Visitors will get 404.`)) {
      await call('DELETE', linkPath(link.shortCode, link.domain)).then(() => { location.hash = '#/'; }, (failure) => toast(failure.message));
    }
  };
  const code = (query) => `/${encodeURIComponent(link.shortCode)}/qr-code?${new URLSearchParams({ ...query, domain: link.domain || 'DEFAULT' })}`;
  return h('section', { class: 'card link-head' },
    h('div', {},
      h('h1', {}, h('a', { href: link.shortUrl, target: '_blank', rel: 'noreferrer' }, link.shortUrl)),
      h('p', { class: 'target' }, '→ ', h('a', { href: link.longUrl, rel: 'noreferrer', dir: 'ltr' }, link.displayUrl || link.longUrl)),
      link.title ? h('p', { dir: 'auto' }, link.title) : null,
      deceptiveHost(link) ? h('p', { class: 'warning', 'data-testid': 'homograph' },
        `Its letters could pass for another name, so the host is shown as computers spell it: ${deceptiveHost(link)}`) : null,
      h('p', { class: 'muted small' }, `Made ${when(link.dateCreated)}`,
        link.meta.validUntil ? ` · works until ${when(link.meta.validUntil)}` : '',
        link.meta.maxVisits ? ` · at most ${count.format(link.meta.maxVisits)} visits` : '',
        link.hasPassword ? ' · asks for a password' : '', link.blocked ? ' · blocked by policy' : ''),
      h('div', {}, link.tags.map((tag) => h('span', { class: 'tag', dir: 'auto' }, tag))),
      h('p', { class: 'row' },
        h('button', { onclick: () => copy(link.shortUrl) }, 'Copy'),
        h('a', { class: 'button', href: `${link.shortUrl}+`, target: '_blank', rel: 'noreferrer' }, 'Preview'),
        h('button', { class: 'danger', onclick: remove }, 'Delete')),
      editor(link, reload)),
    h('figure', {},
      h('img', { class: 'qr', src: code({ format: 'svg' }), alt: `QR code of ${link.shortUrl}` }),
      h('figcaption', { class: 'small row center' }, 'QR code',
        h('a', { href: code({ format: 'svg' }), download: `${link.shortCode}.svg` }, 'SVG'),
        h('a', { href: code({ format: 'png', size: 600 }), download: `${link.shortCode}.png` }, 'PNG'))));
}

const ranges = { hour: [2, '48 hours'], day: [30, '30 days'], month: [730, '2 years'] };

export async function linkView(signal, root, slug, domain) {
  const top = h('div', {});
  const chart = h('div', { class: 'plot' });
  const lists = h('div', { class: 'columns' });
  const tile = (name, testId) => h('div', { class: 'tile' }, h('b', { 'data-testid': testId }, '0'), h('span', { class: 'muted small' }, name));
  const clicks = tile('clicks by people', 'clicks');
  const bots = tile('by bots', 'bots');
  const unique = tile('unique visitors', 'unique');
  const state = h('span', { class: 'muted small' }, 'connecting …');
  let granularity = 'hour';
  let withBots = false;
  const number = (element, value) => { element.querySelector('b').textContent = count.format(value); };

  let drawn = null;
  const draw = () => chart.replaceChildren(timeSeries(drawn.series, granularity, withBots, chart.clientWidth),
    h('div', { class: 'legend' }, h('span', { class: 'people' }, 'people'), withBots ? h('span', { class: 'robots' }, 'bots') : null,
      drawn.total.clicks + drawn.total.bots === 0 ? h('span', {}, 'Nobody has come yet. Visit the link, and it shows here.') : null));

  async function statistics() {
    const from = new Date(Date.now() - ranges[granularity][0] * 86400000).toISOString();
    const answer = await call('GET', ownPath(slug, domain, 'statistics', { granularity, from, bots: withBots }));
    number(clicks, answer.total.clicks);
    number(bots, answer.total.bots);
    number(unique, answer.total.uniqueVisitors);
    drawn = answer;
    draw();
    lists.replaceChildren(
      bars('Referrers', answer.referrers, '(direct)'), bars('Browsers', answer.browsers), bars('Operating systems', answer.operatingSystems),
      bars('Devices', answer.devices), bars('Languages', answer.languages), bars('Countries', answer.countries));
  }

  const refresh = () => statistics().catch((failure) => { if (!signal.aborted) { toast(failure.message); } });
  const link = await call('GET', linkPath(slug, domain));
  const tiers = tiersCard(link);
  const showHead = (current) => top.replaceChildren(head(current, (saved) => {
    showHead(saved);
    tiers.look();
  }));
  showHead(link);
  top.style.display = 'contents';
  root.append(
    top,
    h('section', { class: 'card' },
      h('div', { class: 'row spread' }, h('h2', {}, 'Clicks'), state),
      h('div', { class: 'tiles' }, clicks, bots, unique),
      h('div', { class: 'row spread' },
        h('label', { class: 'inline' }, h('input', { type: 'checkbox', onchange: (event) => { withBots = event.target.checked; refresh(); } }), 'Show bots'),
        h('select', { 'aria-label': 'Period', onchange: (event) => { granularity = event.target.value; refresh(); } },
          Object.entries(ranges).map(([value, [, text]]) => h('option', { value }, `Last ${text}, by ${value}`)))),
      chart),
    lists,
    tiers.card,
    await rulesCard(link));
  root.dataset.title = `/${slug}`;
  await Promise.all([statistics(), tiers.look()]);
  const resized = new ResizeObserver(draw);
  resized.observe(chart);

  let stale = null;
  events(ownPath(slug, domain, 'live'), signal, (name, data) => {
    number(clicks, data.clicks);
    number(bots, data.bots);
    // The columns follow the counter, but not on every click of a hot link.
    stale ??= setTimeout(() => { stale = null; refresh(); }, 2000);
  }, (connected) => {
    state.className = connected ? 'small live' : 'muted small';
    state.textContent = connected ? 'live' : 'reconnecting …';
  });
  signal.addEventListener('abort', () => {
    clearTimeout(stale);
    resized.disconnect();
  });
}
