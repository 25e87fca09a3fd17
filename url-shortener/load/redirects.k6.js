// k6 run -e SLUGS=abc1234,def5678 -e RATE=2000 -e DURATION=30s url-shortener/load/redirects.k6.js
// Open-loop redirects over the given short codes; BASE_URL says where the service is (default http://localhost:8080).
import http from 'k6/http';
import { check } from 'k6';

const base = __ENV.BASE_URL || 'http://localhost:8080';
const slugs = (__ENV.SLUGS || '').split(',').filter((slug) => slug !== '');
if (slugs.length === 0) {
  throw new Error('give short codes: -e SLUGS=abc1234,def5678');
}

export const options = {
  scenarios: {
    redirects: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE || 2000),
      timeUnit: '1s',
      duration: __ENV.DURATION || '30s',
      preAllocatedVUs: 64,
      maxVUs: 512,
    },
  },
  thresholds: { checks: ['rate==1'], http_req_duration: ['p(99)<50'] },
};

export default function () {
  const slug = slugs[Math.floor(Math.random() * slugs.length)];
  const answer = http.get(`${base}/${slug}`, { redirects: 0, tags: { name: 'redirect' } });
  check(answer, { redirected: (r) => r.status >= 301 && r.status <= 308 && r.headers.Location !== undefined });
}
