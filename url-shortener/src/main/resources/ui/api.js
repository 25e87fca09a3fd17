// The REST API as this page uses it. The key lives in this browser only.

const KEY = 'casebook.url-shortener.key';

export class ApiError extends Error {
  constructor(status, problem) {
    super(problem?.detail || problem?.title || `The server answered ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** A link printed by `./casebook run` carries the key behind #key=; it is kept and taken out of the address bar. */
export function adoptKeyFromAddress() {
  const match = /^#key=(.+)$/.exec(location.hash);
  if (match) {
    localStorage.setItem(KEY, decodeURIComponent(match[1]));
    history.replaceState(null, '', '#/');
  }
}

export const key = () => localStorage.getItem(KEY) || '';
export const setKey = (value) => localStorage.setItem(KEY, value);
export const forgetKey = () => localStorage.removeItem(KEY);

/** A fetch that says in words when nobody answers. */
async function ask(path, options) {
  try {
    return await fetch(path, options);
  } catch (failure) {
    throw failure.name === 'AbortError' ? failure : new ApiError(0, { detail: 'The service does not answer. Is it running? Then try again.' });
  }
}

export async function call(method, path, body, headers = {}) {
  const response = await ask(path, {
    method,
    headers: {
      'X-Api-Key': key(),
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.ok) {
    return response.status === 204 ? null : response.json();
  }
  throw new ApiError(response.status, await response.json().catch(() => null));
}

export async function download(path, name) {
  const response = await ask(path, { headers: { 'X-Api-Key': key() } });
  if (!response.ok) {
    throw new ApiError(response.status, await response.json().catch(() => null));
  }
  const address = URL.createObjectURL(await response.blob());
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(address);
}

export async function importCsv(text) {
  const response = await ask('/api/v1/links.csv', {
    method: 'POST',
    headers: { 'X-Api-Key': key(), 'Content-Type': 'text/csv' },
    body: text,
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    throw new ApiError(response.status, answer);
  }
  return answer;
}

/**
 * Server-sent events over fetch, as EventSource cannot send the key's header. Reconnects after a second until aborted;
 * `onEvent(name, data)` gets every event, `onState(connected)` every change of the connection.
 */
export async function events(path, signal, onEvent, onState) {
  while (!signal.aborted) {
    try {
      const response = await fetch(path, { headers: { 'X-Api-Key': key(), Accept: 'text/event-stream' }, signal });
      if (!response.ok) {
        throw new ApiError(response.status, null);
      }
      onState(true);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let pending = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        pending += part.value;
        const blocks = pending.split('\n\n');
        pending = blocks.pop();
        for (const block of blocks) {
          const fields = Object.fromEntries(block.split('\n').filter((line) => !line.startsWith(':') && line.includes(':'))
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
          if (fields.data) {
            onEvent(fields.event || 'message', JSON.parse(fields.data));
          }
        }
      }
    } catch (failure) {
      if (signal.aborted) {
        return;
      }
      if (failure instanceof ApiError && failure.status < 500) {
        onState(false);
        return;
      }
    }
    onState(false);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

const domainQuery = (domain, more = {}) => {
  const query = new URLSearchParams({ ...(domain ? { domain } : {}), ...more }).toString();
  return query ? `?${query}` : '';
};

export const linkPath = (slug, domain, tail = '', more = {}) =>
  `/rest/v3/short-urls/${encodeURIComponent(slug)}${tail}${domainQuery(domain, more)}`;

export const ownPath = (slug, domain, tail, more = {}) =>
  `/api/v1/links/${encodeURIComponent(slug)}/${tail}${domainQuery(domain, more)}`;
