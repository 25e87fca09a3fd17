// Charts as inline SVG, coloured by the style sheet so that they follow the reader's theme.

import { h, svg, count } from './dom.js';

const WIDTH_MIN = 260;
const HEIGHT = 220;
const LABEL_WIDTH = 92;
const LEFT = 48;
const BOTTOM = 24;
const TOP = 10;

const niceCeiling = (value) => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return Math.max(2, [1, 2, 4, 10].map((step) => step * power).find((step) => step >= value));
};

const label = (iso, granularity) => {
  const date = new Date(iso);
  if (granularity === 'hour') {
    return date.toLocaleString(undefined, { weekday: 'short', hour: '2-digit', minute: '2-digit' });
  }
  return granularity === 'month'
    ? date.toLocaleDateString(undefined, { month: 'short', year: '2-digit', timeZone: 'UTC' })
    : date.toLocaleDateString(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });
};

/** Stacked columns, people below, bots on top when wanted; drawn for `space` pixels, so that text keeps its size on a phone. */
export function timeSeries(series, granularity, withBots, space) {
  const width = Math.max(WIDTH_MIN, Math.round(space));
  const heights = series.map((point) => point.clicks + (withBots ? point.bots : 0));
  const ceiling = niceCeiling(Math.max(1, ...heights));
  const step = (width - LEFT) / Math.max(1, series.length);
  const scale = (HEIGHT - TOP - BOTTOM) / ceiling;
  const base = HEIGHT - BOTTOM;
  const everyNth = Math.ceil(series.length / Math.max(1, Math.floor((width - LEFT) / LABEL_WIDTH)));
  const lines = [0, 0.5, 1].map((part) => [
    svg('line', { class: 'grid', x1: LEFT, x2: width, y1: base - part * ceiling * scale, y2: base - part * ceiling * scale }),
    svg('text', { class: 'axis', x: LEFT - 8, y: base - part * ceiling * scale + 4, 'text-anchor': 'end' }, count.format(part * ceiling)),
  ]);
  const columns = series.map((point, index) => {
    const x = LEFT + index * step + step * 0.12;
    const thick = Math.max(1, step * 0.76);
    const people = point.clicks * scale;
    const robots = withBots ? point.bots * scale : 0;
    return [
      svg('g', {},
        svg('title', {}, `${label(point.at, granularity)}: ${count.format(point.clicks)} clicks, ${count.format(point.bots)} by bots`),
        svg('rect', { class: 'people', x, width: thick, y: base - people, height: people }),
        svg('rect', { class: 'robots', x, width: thick, y: base - people - robots, height: robots })),
      index % everyNth === 0
        ? svg('text', { class: 'axis', x: Math.min(Math.max(x + thick / 2, LEFT + 20), width - LABEL_WIDTH / 2), y: HEIGHT - 6, 'text-anchor': 'middle' }, label(point.at, granularity))
        : null,
    ];
  });
  return svg('svg', { class: 'chart', width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': `Clicks over time, by ${granularity}: at most ${count.format(Math.max(0, ...heights))}` }, lines, columns);
}

/** A ranked list with a bar under each name. */
export function bars(title, values, nameless = '(unknown)') {
  const most = Math.max(1, ...values.map((value) => value.clicks));
  return h('section', { class: 'card' }, h('h2', {}, title), values.length === 0
    ? h('p', { class: 'muted small' }, 'Nothing yet')
    : h('ul', { class: 'bars' }, values.slice(0, 8).map((value) => h('li', {},
      h('span', { class: 'name', dir: 'auto', title: value.value }, value.value || nameless),
      h('span', {}, count.format(value.clicks)),
      svg('svg', { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        svg('rect', { class: 'track', width: 100, height: 6 }),
        svg('rect', { class: 'people', width: (100 * value.clicks) / most, height: 6 }))))));
}

/** The last readings of one number, newest at the right. */
export function trace(readings, capacity) {
  const ceiling = Math.max(1, ...readings);
  const points = readings.map((value, index) =>
    `${((capacity - readings.length + index) / (capacity - 1)) * 300},${56 - (value / ceiling) * 52}`).join(' ');
  return svg('svg', { class: 'chart', viewBox: '0 0 300 60', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('polyline', { class: 'trace', points }));
}
