// Shlink's own client against a node of ours: every call it has, and what its types promise of the answers.
import assert from 'node:assert/strict';
import { ShlinkApiClient } from '@shlinkio/shlink-js-sdk';
import { NodeHttpClient } from '@shlinkio/shlink-js-sdk/node';
import { ErrorType } from '@shlinkio/shlink-js-sdk/api-contract';

const baseUrl = process.env.BASE_URL;
const client = new ShlinkApiClient(new NodeHttpClient(), { baseUrl, apiKey: process.env.API_KEY });
const stranger = new ShlinkApiClient(new NodeHttpClient(), { baseUrl, apiKey: 'no-such-key-at-all' });
const browser = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

const visit = (path, userAgent = browser) =>
  fetch(`${baseUrl}${path}`, { redirect: 'manual', headers: { 'User-Agent': userAgent } });
const fails = async (promise, type, status) => {
  const problem = await promise.then(() => assert.fail('must be refused'), (error) => error);
  assert.equal(problem.type, type);
  assert.equal(problem.status, status);
  assert.equal(typeof problem.detail, 'string');
};
const eventually = async (check) => {
  for (let last = Date.now() + 20_000; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > last) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
};
const codes = (list) => list.data.map(({ shortCode }) => shortCode);

const checks = {
  async health() {
    const { status, version } = await client.health();
    assert.equal(status, 'pass');
    assert.match(version, /^\d+\.\d+\.\d+$/);
  },

  async createAndGet() {
    const made = await client.createShortUrl({
      longUrl: 'https://example.com/first', customSlug: 'sdk-first', tags: ['red', 'blue'], title: 'First',
      validSince: '2020-01-01T00:00:00+00:00', maxVisits: 100, crawlable: true, forwardQuery: true,
    });
    assert.equal(made.shortCode, 'sdk-first');
    assert.equal(made.longUrl, 'https://example.com/first');
    assert.deepEqual([...made.tags].sort(), ['blue', 'red']);
    assert.equal(made.domain, null);
    assert.equal(made.hasRedirectRules, false);
    assert.deepEqual(made.meta, { validSince: '2020-01-01T00:00:00+00:00', validUntil: null, maxVisits: 100 });
    assert.deepEqual(made.visitsSummary, { total: 0, nonBots: 0, bots: 0 });
    assert.deepEqual(await client.getShortUrl({ shortCode: 'sdk-first' }), made);
    const again = await client.createShortUrl({ longUrl: 'https://example.com/same', findIfExists: true });
    const found = await client.createShortUrl({ longUrl: 'https://example.com/same', findIfExists: true });
    assert.equal(found.shortCode, again.shortCode);
    const long = await client.createShortUrl({ longUrl: 'https://example.com/long', shortCodeLength: 12 });
    assert.equal(long.shortCode.length, 12);
    await client.createShortUrl({ longUrl: 'https://example.com/other', customSlug: 'sdk-other', domain: 's.example' });
  },

  async refusals() {
    await fails(client.createShortUrl({ longUrl: 'https://example.com', customSlug: 'sdk-first' }), ErrorType.INVALID_SLUG, 400);
    await fails(client.createShortUrl({ longUrl: 'no address' }), ErrorType.INVALID_ARGUMENT, 400);
    await fails(client.getShortUrl({ shortCode: 'sdk-none' }), ErrorType.INVALID_SHORTCODE, 404);
    await fails(client.getShortUrl({ shortCode: 'sdk-other' }), ErrorType.INVALID_SHORTCODE, 404);
    await fails(stranger.listTags(), ErrorType.INVALID_API_KEY, 401);
    await fails(client.mercureInfo(), ErrorType.MERCURE_NOT_CONFIGURED, 501);
    await fails(client.getTagVisits('sdk-none'), ErrorType.TAG_NOT_FOUND, 404);
    await fails(client.getDomainVisits('none.example'), ErrorType.DOMAIN_NOT_FOUND, 404);
  },

  async listing() {
    for (const n of [1, 2, 3, 4, 5]) {
      await client.createShortUrl({ longUrl: `https://list.example/${n}`, customSlug: `list-${n}`, tags: n % 2 ? ['odd', 'n'] : ['even', 'n'] });
    }
    const searched = (more) => client.listShortUrls({ searchTerm: 'list.example', ...more });
    const first = await searched({ itemsPerPage: 2, orderBy: { field: 'shortCode', dir: 'ASC' } });
    assert.deepEqual(codes(first), ['list-1', 'list-2']);
    assert.equal(first.pagination.totalItems, 5);
    assert.equal(first.pagination.pagesCount, 3);
    assert.equal(first.pagination.currentPage, 1);
    assert.deepEqual(codes(await searched({ page: '3', itemsPerPage: 2, orderBy: { field: 'shortCode', dir: 'ASC' } })), ['list-5']);
    assert.deepEqual(codes(await searched({ orderBy: { field: 'longUrl', dir: 'DESC' } })).at(0), 'list-5');
    assert.deepEqual(codes(await searched()).at(0), 'list-5');
    assert.deepEqual(codes(await searched({ tags: ['even'] })).sort(), ['list-2', 'list-4']);
    assert.equal((await searched({ tags: ['odd', 'n'], tagsMode: 'all' })).pagination.totalItems, 3);
    assert.equal((await searched({ tags: ['odd', 'even'], tagsMode: 'any' })).pagination.totalItems, 5);
    assert.equal((await searched({ excludeTags: ['odd'] })).pagination.totalItems, 2);
    assert.equal((await searched({ startDate: '2099-01-01T00:00:00+00:00' })).pagination.totalItems, 0);
    assert.equal((await searched({ endDate: '2099-01-01T00:00:00+00:00' })).pagination.totalItems, 5);
    assert.equal((await searched({ apiKeyName: 'nobody' })).pagination.totalItems, 0);
    assert.deepEqual(codes(await client.listShortUrls({ domain: 's.example' })), ['sdk-other']);
    assert.equal((await searched({ domain: 'DEFAULT' })).pagination.totalItems, 5);
    assert.ok(codes(await client.listShortUrls({ itemsPerPage: -1 })).length >= 8);
  },

  async editing() {
    const edited = await client.updateShortUrl({ shortCode: 'list-1' }, { longUrl: 'https://example.com/edited', title: 'Edited', tags: ['n'], maxVisits: 5 });
    assert.equal(edited.longUrl, 'https://example.com/edited');
    assert.equal(edited.title, 'Edited');
    assert.deepEqual(edited.tags, ['n']);
    const cleared = await client.updateShortUrl({ shortCode: 'list-1' }, { title: null, maxVisits: null });
    assert.equal(cleared.title, null);
    assert.equal(cleared.meta.maxVisits, null);
    assert.equal(cleared.longUrl, 'https://example.com/edited');
  },

  async rules() {
    const redirectRules = [
      { longUrl: 'https://example.com/android', conditions: [{ type: 'device', matchKey: null, matchValue: 'android' }] },
      { longUrl: 'https://example.com/spanish', conditions: [{ type: 'language', matchKey: null, matchValue: 'es' }, { type: 'query-param', matchKey: 'a', matchValue: 'b' }] },
    ];
    const set = await client.setShortUrlRedirectRules({ shortCode: 'list-2' }, { redirectRules });
    assert.equal(set.defaultLongUrl, 'https://list.example/2');
    assert.deepEqual(set.redirectRules, redirectRules.map((rule, i) => ({ ...rule, priority: i + 1 })));
    assert.deepEqual(await client.getShortUrlRedirectRules({ shortCode: 'list-2' }), set);
    assert.equal((await client.getShortUrl({ shortCode: 'list-2' })).hasRedirectRules, true);
  },

  async visits() {
    assert.equal((await visit('/list-3')).status, 302);
    assert.equal((await visit('/list-3')).status, 302);
    assert.equal((await visit('/list-3', 'Googlebot/2.1 (+http://www.google.com/bot.html)')).status, 302);
    assert.equal((await visit('/list-5')).status, 302);
    await eventually(async () => {
      assert.deepEqual((await client.getShortUrl({ shortCode: 'list-3' })).visitsSummary, { total: 3, nonBots: 2, bots: 1 });
      assert.equal((await client.getVisitsOverview()).nonOrphanVisits.total, 4);
    });
    const of3 = await client.getShortUrlVisits({ shortCode: 'list-3' });
    assert.equal(of3.pagination.totalItems, 3);
    assert.equal(of3.data.length, 3);
    assert.equal(of3.data.filter(({ potentialBot }) => potentialBot).length, 1);
    assert.ok(of3.data.some(({ userAgent }) => userAgent === browser));
    const people = await client.getShortUrlVisits({ shortCode: 'list-3' }, { excludeBots: true, itemsPerPage: 1, page: 2 });
    assert.equal(people.pagination.totalItems, 2);
    assert.equal(people.data.length, 1);
    assert.equal((await client.getShortUrlVisits({ shortCode: 'list-3' }, { endDate: '2020-01-01T00:00:00+00:00' })).pagination.totalItems, 0);
    assert.equal((await client.getTagVisits('odd')).pagination.totalItems, 4);
    assert.equal((await client.getTagVisits('odd', { domain: 's.example' })).pagination.totalItems, 0);
    assert.equal((await client.getDomainVisits('DEFAULT')).pagination.totalItems, 4);
    assert.equal((await client.getDomainVisits('s.example')).pagination.totalItems, 0);
    assert.equal((await client.getNonOrphanVisits({ excludeBots: true })).pagination.totalItems, 3);
    assert.deepEqual(codes(await client.listShortUrls({ tags: ['odd'], orderBy: { field: 'visits', dir: 'DESC' } })), ['list-3', 'list-5']);
  },

  async tags() {
    assert.ok((await client.listTags()).data.includes('odd'));
    const odd = (await client.tagsStats()).data.find(({ tag }) => tag === 'odd');
    assert.deepEqual(odd, { tag: 'odd', shortUrlsCount: 2, visitsSummary: { total: 4, nonBots: 3, bots: 1 } });
    assert.deepEqual(await client.editTag({ oldName: 'odd', newName: 'uneven' }), { oldName: 'odd', newName: 'uneven' });
    await fails(client.editTag({ oldName: 'odd', newName: 'x' }), ErrorType.TAG_NOT_FOUND, 404);
    await fails(client.editTag({ oldName: 'uneven', newName: 'even' }), ErrorType.TAG_CONFLICT, 409);
    await client.deleteTags(['uneven', 'even']);
    const left = (await client.listTags()).data;
    assert.ok(!left.includes('uneven') && !left.includes('even') && left.includes('n'));
  },

  async domains() {
    const domain = new URL(baseUrl).hostname;
    const listed = await client.listDomains();
    assert.deepEqual(listed.data.map((item) => [item.domain, item.isDefault]), [[domain, true], ['s.example', false]]);
    const redirects = await client.editDomainRedirects({ domain, invalidShortUrlRedirect: 'https://example.com/lost?from={ORIGINAL_PATH}', regular404Redirect: 'https://example.com/404' });
    assert.deepEqual(redirects, { baseUrlRedirect: null, regular404Redirect: 'https://example.com/404', invalidShortUrlRedirect: 'https://example.com/lost?from={ORIGINAL_PATH}' });
    const merged = await client.editDomainRedirects({ domain, baseUrlRedirect: 'https://example.com/home', regular404Redirect: null });
    assert.deepEqual(merged, { ...redirects, baseUrlRedirect: 'https://example.com/home', regular404Redirect: null });
    assert.deepEqual((await client.listDomains()).data[0].redirects, merged);
    await fails(client.editDomainRedirects({ domain: 'not a domain' }), ErrorType.INVALID_ARGUMENT, 400);
    await fails(client.editDomainRedirects({ domain, baseUrlRedirect: 'javascript:alert(1)' }), ErrorType.INVALID_ARGUMENT, 400);
  },

  async orphans() {
    await eventually(async () => assert.equal((await visit('/')).headers.get('location'), 'https://example.com/home'));
    const before = (await client.getVisitsOverview()).orphanVisits.total;
    assert.equal((await visit('/sdk-none')).headers.get('location'), 'https://example.com/lost?from=%2Fsdk-none');
    assert.equal((await visit('/no/such/page')).status, 404);
    await eventually(async () => {
      assert.equal((await client.getOrphanVisits({ type: 'invalid_short_url' })).pagination.totalItems, 1);
      assert.equal((await client.getOrphanVisits({ type: 'regular_404' })).pagination.totalItems, 1);
      assert.ok((await client.getOrphanVisits({ type: 'base_url' })).pagination.totalItems >= 1);
    });
    const all = await client.getOrphanVisits();
    assert.ok(all.pagination.totalItems >= before + 2);
    assert.deepEqual([...new Set(all.data.map(({ type }) => type))].sort(), ['base_url', 'invalid_short_url', 'regular_404']);
    assert.ok(all.data.every(({ visitedUrl }) => typeof visitedUrl === 'string'));
    assert.equal((await client.deleteOrphanVisits()).deletedVisits, all.pagination.totalItems);
    assert.equal((await client.getOrphanVisits()).pagination.totalItems, 0);
    assert.deepEqual((await client.getVisitsOverview()).nonOrphanVisits, { total: 4, nonBots: 3, bots: 1 });
  },

  async deletion() {
    assert.equal((await client.deleteShortUrlVisits({ shortCode: 'list-3' })).deletedVisits, 3);
    assert.deepEqual((await client.getShortUrl({ shortCode: 'list-3' })).visitsSummary, { total: 0, nonBots: 0, bots: 0 });
    assert.equal((await client.getShortUrlVisits({ shortCode: 'list-3' })).data.length, 0);
    assert.deepEqual((await client.getVisitsOverview()).nonOrphanVisits, { total: 1, nonBots: 1, bots: 0 });
    assert.equal((await visit('/list-3')).status, 302);
    await eventually(async () => assert.equal((await client.getShortUrl({ shortCode: 'list-3' })).visitsSummary.total, 1));
    await client.deleteShortUrl({ shortCode: 'list-4' });
    await fails(client.getShortUrl({ shortCode: 'list-4' }), ErrorType.INVALID_SHORTCODE, 404);
    await client.deleteShortUrl({ shortCode: 'sdk-other', domain: 's.example' });
    await fails(client.deleteShortUrl({ shortCode: 'list-4' }), ErrorType.INVALID_SHORTCODE, 404);
    await fails(client.deleteShortUrlVisits({ shortCode: 'list-4' }), ErrorType.INVALID_SHORTCODE, 404);
  },
};

for (const [name, check] of Object.entries(checks)) {
  await check();
  console.log(`ok ${name}`);
}
