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

/** Longer than the portal waits for anything, in milliseconds. */
const PATIENCE = 120_000;

/** @param url where the portal is. */
export function visitor(url: string): Visitor {
  const cookies = new Map<string, string>();
  let token: Promise<string> | null = null;

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

  /** Whatever is never answered fails. */
  const patiently = (path: string, init: RequestInit = {}) =>
    fetched(path, { ...init, signal: AbortSignal.timeout(PATIENCE) });

  async function got(answer: Response): Promise<Got> {
    const text = await answer.text();
    const isJson = /json/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : null };
  }

  const self: Visitor = {
    url,
    cookies,
    fetch: fetched,
    get: async (path, headers = {}) => got(await patiently(path, { headers })),
    async send(method, path, body, headers = {}) {
      // Those who send at once share one: each token belongs to what the cookie held when it was made.
      token ??= tokenOf(self).catch((error: unknown) => {
        token = null;
        throw error;
      });
      const content = body === undefined ? {} : { 'content-type': 'application/json' };
      return got(
        await patiently(path, {
          method,
          headers: { 'x-csrf-token': await token, ...content, ...headers },
          ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
      );
    },
    post: (path, body) => self.send('POST', path, body),
    async login(person) {
      let next = await patiently('/login?to=/');
      for (let steps = 0; steps < 10; steps++) {
        const location = next.headers.get('location');
        if (!location) throw new Error(`the login stopped with ${next.status}: ${await next.text()}`);
        const to = new URL(location, url);
        if (to.pathname === '/') {
          if (to.search !== '') throw new Error(`the login led to ${location}`);
          token = null;
          return;
        }
        next = /\/choose\//.test(to.pathname)
          ? await patiently(to.href, {
              method: 'POST',
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
              body: `person=${person}`,
            })
          : await patiently(to.href);
      }
      throw new Error('the login goes round in circles');
    },
  };
  return self;
}

async function tokenOf(someone: Visitor): Promise<string> {
  const { status, json } = await someone.get('/api/me');
  if (status !== 200) throw new Error(`there is no token: ${status}`);
  return typeof json === 'object' && json !== null && 'csrf' in json ? String(json.csrf) : '';
}

/** Somebody who is logged in. */
export async function loggedIn(url: string, person: string): Promise<Visitor> {
  const someone = visitor(url);
  await someone.login(person);
  return someone;
}
