import * as assert from 'uvu/assert';

/** Somebody at the portal, as a browser without pages: keeps cookies, follows the login, sends the token. */

export type Got = { status: number; headers: Headers; text: string; json: unknown };

export type Visitor = {
  url: string;
  get(path: string, headers?: Record<string, string>): Promise<Got>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Got>;
  post(path: string, body?: unknown): Promise<Got>;
  login(person: string): Promise<void>;
  /** The cookies as they are now, to be kept or put back. */
  cookies: Map<string, string>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
};

/** @param url where the portal is. */
export function visitor(url: string): Visitor {
  const cookies = new Map<string, string>();
  let token = '';

  async function fetched(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const kept = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    if (kept && !headers.has('cookie')) headers.set('cookie', kept);
    const answer = await fetch(new URL(path, url), { redirect: 'manual', ...init, headers });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = '', ...attributes] = set.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      const isGone =
        value === '' || attributes.some((attribute) => /^ *(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute));
      if (isGone) cookies.delete(name);
      else cookies.set(name, value);
    }
    return answer;
  }

  async function got(answer: Response): Promise<Got> {
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null };
  }

  const self: Visitor = {
    url,
    cookies,
    fetch: fetched,
    get: async (path, headers = {}) => got(await fetched(path, { headers })),
    async send(method, path, body, headers = {}) {
      if (!token) token = await tokenOf(self);
      const content = body === undefined ? {} : { 'content-type': 'application/json' };
      return got(
        await fetched(path, {
          method,
          headers: { 'x-csrf-token': token, ...content, ...headers },
          ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      );
    },
    post: (path, body) => self.send('POST', path, body),
    async login(person) {
      let next = await fetched('/login?to=/');
      for (let steps = 0; steps < 10; steps++) {
        const location = next.headers.get('location');
        if (!location) throw new Error(`the login stopped with ${next.status}: ${await next.text()}`);
        const to = new URL(location, url);
        if (to.pathname === '/') {
          assert.is(to.search, '', 'the login worked');
          token = '';
          return;
        }
        next = /\/choose\//.test(to.pathname)
          ? await fetched(to.href, {
              method: 'POST',
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
              body: `person=${person}`,
            })
          : await fetched(to.href);
      }
      throw new Error('the login goes round in circles');
    },
  };
  return self;
}

async function tokenOf(someone: Visitor): Promise<string> {
  const { json } = await someone.get('/api/me');
  return typeof json === 'object' && json !== null && 'csrf' in json ? String(json.csrf) : '';
}

/** Somebody who is logged in. */
export async function loggedIn(url: string, person: string): Promise<Visitor> {
  const someone = visitor(url);
  await someone.login(person);
  return someone;
}
