// Entry: picks the view by the address behind '#', asks for a key when there is none, and shows what goes wrong.

import { adoptKeyFromAddress, ApiError, call, forgetKey, key, setKey } from './api.js';
import { h } from './dom.js';
import { linksView } from './links.js';
import { linkView } from './link.js';
import { keysView } from './keys.js';
import { systemView } from './system.js';

const view = document.getElementById('view');
let leaving = new AbortController();

const routes = [
  [/^#?\/?$/, () => linksView],
  [/^#\/link\/([^/]*)\/(.+)$/, (match) => (signal, root) => linkView(signal, root, decodeURIComponent(match[2]), decodeURIComponent(match[1]))],
  [/^#\/keys$/, () => keysView],
  [/^#\/system$/, () => systemView],
];

function askForKey(message) {
  const input = h('input', { type: 'password', name: 'key', required: true, autocomplete: 'current-password' });
  const error = h('p', { class: 'error', role: 'alert' }, message || '');
  view.replaceChildren(h('section', { class: 'card' },
    h('h1', {}, 'API key'),
    h('p', { class: 'muted' }, 'The service printed its first key when it started, once. It stays in this browser.'),
    h('form', { onsubmit: async (event) => {
      event.preventDefault();
      setKey(input.value.trim());
      try {
        await call('GET', '/rest/v3/short-urls?itemsPerPage=1');
        show();
      } catch (failure) {
        forgetKey();
        error.textContent = failure.status === 401 ? 'The service does not know this key. Check that it was copied whole.' : failure.message;
        input.setAttribute('aria-invalid', 'true');
        input.select();
      }
    } }, h('label', {}, 'Key', input), error, h('div', {}, h('button', { class: 'primary' }, 'Continue')))));
  input.focus();
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const signal = leaving.signal;
  for (const link of document.querySelectorAll('nav a')) {
    const here = location.hash.startsWith('#/link/') ? '#/' : location.hash || '#/';
    if (link.getAttribute('href') === here) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  if (!key()) {
    askForKey();
    return;
  }
  const route = routes.map(([pattern, make]) => [pattern.exec(location.hash), make]).find(([match]) => match);
  if (!route) {
    location.hash = '#/';
    return;
  }
  const root = h('div', { class: 'contents' });
  root.style.display = 'contents';
  try {
    await route[1](route[0])(signal, root);
    if (!signal.aborted) {
      view.replaceChildren(root);
      document.title = [root.dataset.title, 'Casebook · URL shortener'].filter(Boolean).join(' · ');
    }
  } catch (failure) {
    if (signal.aborted) {
      return;
    }
    if (failure instanceof ApiError && failure.status === 401) {
      forgetKey();
      askForKey(failure.message);
      return;
    }
    view.replaceChildren(h('section', { class: 'card' },
      h('p', { class: 'error', role: 'alert' }, failure.message),
      h('button', { onclick: show }, 'Try again')));
  }
}

adoptKeyFromAddress();
// As on GitHub and in mail programs: a slash goes to the search.
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, select, textarea');
  const search = document.querySelector('input[type=search]');
  if (event.key === '/' && !typing && search && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  }
});
window.addEventListener('hashchange', () => {
  adoptKeyFromAddress();
  show();
});
show();
