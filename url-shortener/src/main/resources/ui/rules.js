// Redirect rules of one link: the first whose conditions all hold decides where a visitor goes.

import { call, linkPath } from './api.js';
import { h, toast } from './dom.js';

/** Type on the wire -> [what a reader calls it, whether it has a key, values to choose from or null for free text or false for none]. */
const TYPES = {
  device: ['device is', false, ['android', 'ios', 'mobile', 'windows', 'macos', 'linux', 'chromeos', 'desktop']],
  browser: ['browser is', false, ['chrome', 'firefox', 'edge', 'safari', 'opera', 'android_browser']],
  language: ['language is', false, null],
  'query-param': ['query parameter', true, null],
  'any-value-query-param': ['has query parameter', true, false],
  'valueless-query-param': ['has bare query parameter', true, false],
  'ip-address': ['IP address in', false, null],
  'geolocation-country-code': ['country is', false, null],
  'geolocation-city-name': ['city is', false, null],
  'before-date': ['before', false, null],
  'after-date': ['after', false, null],
};

function conditionRow(condition, remove) {
  const slot = h('span', { class: 'row' });
  const type = h('select', { 'aria-label': 'Condition', onchange: () => fields() }, Object.entries(TYPES).map(([value, [text]]) =>
    h('option', { value, selected: value === condition.type }, text)));
  const fields = () => {
    const [, withKey, values] = TYPES[type.value];
    const dated = type.value.endsWith('-date');
    slot.replaceChildren(
      ...(withKey ? [h('input', { name: 'matchKey', placeholder: 'name', 'aria-label': 'Name', value: condition.matchKey || '' })] : []),
      ...(values === false ? [] : values
        ? [h('select', { name: 'matchValue', 'aria-label': 'Value' }, values.map((value) => h('option', { selected: value === condition.matchValue }, value)))]
        : [h('input', { name: 'matchValue', 'aria-label': 'Value', placeholder: dated ? '2026-12-31T00:00:00Z' : 'value', value: condition.matchValue || '' })]));
  };
  fields();
  const row = h('div', { class: 'row' }, h('div', {}, type), slot, h('button', { type: 'button', 'aria-label': 'Remove condition', onclick: () => remove(row) }, '×'));
  row.read = () => ({
    type: type.value,
    matchKey: row.querySelector('[name=matchKey]')?.value || null,
    matchValue: row.querySelector('[name=matchValue]')?.value || null,
  });
  return row;
}

function ruleBox(rule) {
  const conditions = h('div', { class: 'conditions' });
  const add = (condition) => conditions.append(conditionRow(condition, (row) => row.remove()));
  rule.conditions.forEach(add);
  const target = h('input', { type: 'url', required: true, value: rule.longUrl, placeholder: 'https://example.com/for-them', 'aria-label': 'Goes to' });
  const box = h('div', { class: 'tile rule' }, conditions,
    h('div', { class: 'row' }, h('button', { type: 'button', onclick: () => add({ type: 'device', matchValue: 'ios' }) }, 'Add condition'),
      h('button', { type: 'button', class: 'danger', onclick: () => box.remove() }, 'Remove rule')),
    h('label', {}, 'then go to', target));
  box.read = () => ({ longUrl: target.value, conditions: [...conditions.children].map((row) => row.read()) });
  return box;
}

export async function rulesCard(link) {
  const path = linkPath(link.shortCode, link.domain, '/redirect-rules');
  const { redirectRules } = await call('GET', path);
  const list = h('div', { class: 'rule' });
  redirectRules.forEach((rule) => list.append(ruleBox(rule)));
  const error = h('p', { class: 'error', role: 'alert' });
  return h('section', { class: 'card' }, h('h2', {}, 'Redirect rules'),
    h('p', { class: 'muted small' }, 'Tried from first to last. A visitor whom none fits goes to the long URL.'),
    h('form', { onsubmit: async (event) => {
      event.preventDefault();
      error.textContent = '';
      try {
        await call('POST', path, { redirectRules: [...list.children].map((box) => box.read()) });
        toast('Rules saved');
      } catch (failure) {
        error.textContent = failure.message;
      }
    } }, list, error, h('div', { class: 'row' },
      h('button', { type: 'button', onclick: () => list.append(ruleBox({ longUrl: '', conditions: [{ type: 'device', matchValue: 'ios' }] })) }, 'Add rule'),
      h('button', { class: 'primary' }, 'Save rules'))));
}
