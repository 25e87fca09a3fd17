// The first page: make a link, find a link.

import { call, download, importCsv } from './api.js';
import { copy, count, deceptiveHost, fromLocalInput, h, toast, when } from './dom.js';

const PAGE = 20;
const REFUSALS_SHOWN = 10;
const TYPING_PAUSE_MILLIS = 250;

const debounce = (action) => {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), TYPING_PAUSE_MILLIS);
  };
};

export const linkAddress = (link) => `#/link/${encodeURIComponent(link.domain || '')}/${encodeURIComponent(link.shortCode)}`;

function creator(onCreated) {
  const availability = h('span', { class: 'small', role: 'status', 'data-testid': 'availability' });
  const error = h('p', { class: 'error', role: 'alert' });
  const result = h('div', { class: 'row', 'data-testid': 'created' });
  const checkSlug = debounce(async (input) => {
    availability.textContent = '';
    input.removeAttribute('aria-invalid');
    if (!input.value) {
      return;
    }
    const answer = await call('GET', `/api/v1/slugs/${encodeURIComponent(input.value)}`).catch(() => null);
    if (answer && answer.slug === input.value) {
      availability.textContent = answer.available ? 'free' : answer.detail || answer.reason;
      availability.className = `small ${answer.available ? 'state-up' : 'error'}`;
      input.setAttribute('aria-invalid', String(!answer.available));
    }
  });
  const form = h('form', { 'data-testid': 'create', onsubmit: async (event) => {
    event.preventDefault();
    error.textContent = '';
    const button = form.querySelector('button.primary');
    button.disabled = true;
    try {
      const link = await call('POST', '/rest/v3/short-urls', bodyOf(form), { 'Idempotency-Key': crypto.randomUUID() });
      result.replaceChildren(
        h('a', { href: link.shortUrl, target: '_blank', rel: 'noreferrer' }, link.shortUrl),
        h('button', { type: 'button', onclick: () => copy(link.shortUrl) }, 'Copy'),
        h('a', { class: 'button', href: linkAddress(link) }, 'QR and clicks'));
      form.reset();
      availability.textContent = '';
      onCreated();
    } catch (failure) {
      error.textContent = failure.message;
    } finally {
      button.disabled = false;
    }
  } },
  h('label', {}, 'Long URL', h('input', { name: 'longUrl', type: 'url', required: true, placeholder: 'https://example.com/a/long/address' })),
  h('details', {}, h('summary', {}, 'Custom slug, limits, password …'),
    h('div', { class: 'fields' },
      h('label', {}, h('span', {}, 'Custom slug ', availability), h('input', { name: 'customSlug', autocomplete: 'off', spellcheck: 'false', oninput: (event) => checkSlug(event.target) })),
      h('label', {}, 'Title', h('input', { name: 'title' })),
      h('label', {}, 'Tags, by commas', h('input', { name: 'tags' })),
      h('label', {}, 'Redirect', h('select', { name: 'redirectStatus' },
        h('option', { value: '302' }, '302 found (counted, editable)'), h('option', { value: '307' }, '307 temporary, keeps the method'),
        h('option', { value: '301' }, '301 permanent (cached by browsers)'), h('option', { value: '308' }, '308 permanent, keeps the method'))),
      h('label', {}, 'Works from', h('input', { name: 'validSince', type: 'datetime-local' })),
      h('label', {}, 'Works until', h('input', { name: 'validUntil', type: 'datetime-local' })),
      h('label', {}, 'Most visits', h('input', { name: 'maxVisits', type: 'number', min: '1' })),
      h('label', {}, 'Password', h('input', { name: 'password', type: 'password', autocomplete: 'new-password' })),
      h('label', { class: 'inline' }, h('input', { name: 'private', type: 'checkbox' }), 'Long random code, hard to guess'),
      h('label', { class: 'inline' }, h('input', { name: 'forwardQuery', type: 'checkbox' }), 'Pass the query string on'),
      h('label', { class: 'inline' }, h('input', { name: 'findIfExists', type: 'checkbox' }), 'Reuse a link with this URL'))),
  error,
  h('div', { class: 'row' }, h('button', { class: 'primary' }, 'Shorten'), result));
  return h('section', { class: 'card' }, h('h2', {}, 'Make a short link'), form);
}

function bodyOf(form) {
  const fields = new FormData(form);
  const text = (name) => fields.get(name)?.trim() || undefined;
  const body = {
    longUrl: text('longUrl'),
    customSlug: text('customSlug'),
    title: text('title'),
    tags: text('tags')?.split(',').map((tag) => tag.trim()).filter(Boolean),
    redirectStatus: Number(fields.get('redirectStatus')),
    validSince: fromLocalInput(fields.get('validSince')) || undefined,
    validUntil: fromLocalInput(fields.get('validUntil')) || undefined,
    maxVisits: fields.get('maxVisits') ? Number(fields.get('maxVisits')) : undefined,
    password: fields.get('password') || undefined,
    forwardQuery: fields.has('forwardQuery'),
  };
  for (const flag of ['private', 'findIfExists']) {
    if (fields.has(flag)) {
      body[flag] = true;
    }
  }
  return body;
}

function row(link, filterByTag) {
  return h('tr', {},
    h('td', { class: 'slug' },
      h('a', { href: linkAddress(link) }, link.domain ? `${link.domain}/${link.shortCode}` : `/${link.shortCode}`),
      link.blocked ? h('span', { class: 'tag error' }, 'blocked') : null,
      link.hasPassword ? h('span', { class: 'tag' }, 'password') : null,
      deceptiveHost(link) ? h('span', { class: 'tag warning', title: 'Its letters could pass for another name' }, 'look-alike host') : null),
    h('td', {},
      h('span', { class: 'ellipsis', dir: link.title ? 'auto' : 'ltr', title: link.displayUrl || link.longUrl }, link.title || link.displayUrl || link.longUrl),
      link.tags.map((tag) => h('a', { class: 'tag', dir: 'auto', href: '#/', onclick: (event) => { event.preventDefault(); filterByTag(tag); } }, tag))),
    h('td', { class: 'optional' }, when(link.dateCreated)),
    h('td', { class: 'number', 'data-unit': link.visitsSummary.nonBots === 1 ? 'click' : 'clicks' }, count.format(link.visitsSummary.nonBots)),
    h('td', { class: 'action' }, h('button', { 'aria-label': `Copy ${link.shortUrl}`, onclick: () => copy(link.shortUrl) }, 'Copy')));
}

export async function linksView(signal, root) {
  const body = h('tbody', { 'data-testid': 'links' });
  const pages = h('div', { class: 'row spread' });
  const search = h('input', { type: 'search', placeholder: 'Search URL, title, slug, tag', 'aria-label': 'Search', 'aria-keyshortcuts': '/', title: 'Key /', oninput: debounce(() => turn(1)) });
  const order = h('select', { 'aria-label': 'Order', onchange: () => turn(1) },
    h('option', { value: 'dateCreated-DESC' }, 'newest first'), h('option', { value: 'nonBotVisits-DESC' }, 'most clicked'),
    h('option', { value: 'shortCode-ASC' }, 'by slug'), h('option', { value: 'longUrl-ASC' }, 'by URL'));
  let tag = '';
  let latest = 0;

  async function load(page) {
    const mine = ++latest;
    const query = new URLSearchParams({ page, itemsPerPage: PAGE, orderBy: order.value });
    if (search.value.trim()) {
      query.set('searchTerm', search.value.trim());
    }
    if (tag) {
      query.append('tags[]', tag);
    }
    const { data, pagination } = (await call('GET', `/rest/v3/short-urls?${query}`)).shortUrls;
    if (mine !== latest || signal.aborted) {
      return;
    }
    body.replaceChildren(...(data.length ? data.map((link) => row(link, (name) => { tag = name; turn(1); }))
      : [h('tr', {}, h('td', { colspan: 5, class: 'muted' }, search.value.trim() || tag ? 'No link fits. Search for less, or without the tag.' : 'No links here yet. Make the first one above.'))]));
    pages.replaceChildren(
      h('span', { class: 'muted small' }, `${count.format(pagination.totalItems)} links`,
        tag ? [' tagged ', h('button', { onclick: () => { tag = ''; turn(1); } }, `${tag} ×`)] : null),
      h('span', { class: 'row' },
        h('button', { disabled: page <= 1, onclick: () => turn(page - 1) }, 'Back'),
        h('span', { class: 'small' }, `${pagination.currentPage} / ${Math.max(1, pagination.pagesCount)}`),
        h('button', { disabled: page >= pagination.pagesCount, onclick: () => turn(page + 1) }, 'Next')));
  }

  const turn = (page) => load(page).catch((failure) => { if (!signal.aborted) { toast(failure.message); } });
  const refused = h('div', { role: 'status' });
  const file = h('input', { type: 'file', accept: '.csv,text/csv', hidden: true, onchange: async () => {
    try {
      const answer = await importCsv(await file.files[0].text());
      toast(`${count.format(answer.created)} links made, ${count.format(answer.failed)} refused`);
      const wrong = answer.results.filter((row) => row.error);
      refused.replaceChildren(...(wrong.length ? [h('p', { class: 'error' }, 'Refused:'), h('ul', { class: 'small' },
        wrong.slice(0, REFUSALS_SHOWN).map((row) => h('li', {}, `Row ${count.format(row.index + 1)}: ${row.error.detail || row.error.title}`)),
        wrong.length > REFUSALS_SHOWN ? h('li', {}, `and ${count.format(wrong.length - REFUSALS_SHOWN)} more`) : null)] : []));
      await load(1);
    } catch (failure) {
      toast(failure.message);
    }
    file.value = '';
  } });
  root.append(
    creator(() => turn(1)),
    h('section', { class: 'card' },
      h('div', { class: 'row spread' }, h('h2', {}, 'Links'), h('div', { class: 'row' },
        h('button', { onclick: () => file.click() }, 'Import CSV'), file,
        h('button', { onclick: () => download('/api/v1/links.csv', 'links.csv').catch((failure) => toast(failure.message)) }, 'Export CSV'))),
      refused,
      h('div', { class: 'fields' }, search, order),
      h('div', { class: 'table-wrap' }, h('table', { class: 'stack' },
        h('thead', {}, h('tr', {}, h('th', {}, 'Short'), h('th', {}, 'Goes to'), h('th', { class: 'optional' }, 'Made'), h('th', { class: 'number' }, 'Clicks'), h('th', {}))),
        body)),
      pages));
  await load(1);
}
