// API keys: who may do what. A new key is shown once; the service keeps only its hash.

import { call } from './api.js';
import { copy, h, toast, when } from './dom.js';

const SCOPES = { admin: 'everything', author: 'only links it made', read: 'only reading' };

export async function keysView(signal, root) {
  root.dataset.title = 'Keys';
  const body = h('tbody', {});
  const fresh = h('div', { class: 'row' });
  const error = h('p', { class: 'error', role: 'alert' });

  async function load() {
    const { data } = await call('GET', '/api/v1/keys');
    body.replaceChildren(...data.map((key) => h('tr', {},
      h('td', {}, key.name),
      h('td', {}, key.scopes.map((scope) => h('span', { class: 'tag' }, scope)), key.domain ? h('span', { class: 'tag' }, key.domain) : null),
      h('td', { class: 'optional' }, when(key.createdAt)),
      h('td', {}, key.revoked ? 'revoked' : h('button', { class: 'danger', onclick: async () => {
        if (window.confirm(`Revoke ${key.name}? Whoever uses it will get 401.`)) {
          await call('DELETE', `/api/v1/keys/${encodeURIComponent(key.id)}`).then(load, (failure) => toast(failure.message));
        }
      } }, 'Revoke')))));
  }

  const form = h('form', { onsubmit: async (event) => {
    event.preventDefault();
    error.textContent = '';
    const fields = new FormData(form);
    try {
      const key = await call('POST', '/api/v1/keys', { name: fields.get('name'), scopes: [fields.get('scope')], domain: fields.get('domain') || undefined });
      fresh.replaceChildren(h('code', {}, key.key), h('button', { type: 'button', onclick: () => copy(key.key) }, 'Copy'), h('span', { class: 'muted small' }, 'Shown only now'));
      form.reset();
      await load();
    } catch (failure) {
      error.textContent = failure.message;
    }
  } }, h('div', { class: 'fields' },
    h('label', {}, 'Name', h('input', { name: 'name', required: true })),
    h('label', {}, 'May do', h('select', { name: 'scope' }, Object.entries(SCOPES).map(([value, text]) => h('option', { value }, text)))),
    h('label', {}, 'Only on domain', h('input', { name: 'domain', placeholder: 'any' }))),
  error, h('div', { class: 'row' }, h('button', { class: 'primary' }, 'Make key'), fresh));

  root.append(
    h('section', { class: 'card' }, h('h2', {}, 'New API key'), form),
    h('section', { class: 'card' }, h('h2', {}, 'API keys'), h('div', { class: 'table-wrap' },
      h('table', {}, h('thead', {}, h('tr', {}, h('th', {}, 'Name'), h('th', {}, 'May'), h('th', { class: 'optional' }, 'Made'), h('th', {}))), body))));
  await load();
}
