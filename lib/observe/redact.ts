/** Query parameters that are known to carry secrets, OpenTelemetry's list for `url.query` among them. */
const SECRETS = [
  ...['access_token', 'api_key', 'apikey', 'auth', 'authorization', 'client_secret', 'code', 'id_token', 'jwt', 'key'],
  ...['pass', 'passwd', 'password', 'pwd', 'refresh_token', 'secret', 'session', 'session_id', 'sessionid', 'sid'],
  ...['ticket', 'token', 'awsaccesskeyid', 'signature', 'sig', 'x-goog-signature'],
  ...['x-amz-signature', 'x-amz-credential', 'x-amz-security-token'],
];

/** What stands in place of a secret: OpenTelemetry's word for it. */
const REDACTED = 'REDACTED';

/** Whose values are hidden: the well-known ones (undefined), all (`true`), none (`false`), or these, in any case. */
export type Redact = boolean | readonly string[] | undefined;

function plain(name: string): string {
  if (!name.includes('%')) return name.toLowerCase();
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}

/** By its name, or a part of it in brackets: forms nest theirs as in `user[password]`. */
function isOneOf(names: ReadonlySet<string>, name: string): boolean {
  return names.has(name) || (name.includes('[') && name.split(/[[\]]+/).some((part) => names.has(part)));
}

/** Hides secrets in a URL or request target: values of query parameters, and a user's name and password. */
export function redactor(redact: Redact): (url: string) => string {
  if (redact === false) return (url) => url;
  const names = new Set((typeof redact === 'object' ? redact : SECRETS).map((name) => name.toLowerCase()));
  const hides = redact === true ? () => true : (name: string): boolean => isOneOf(names, plain(name));
  return (url) => {
    const mark = url.indexOf('?') + 1;
    return mark === 0 ? withoutUser(url) : withoutUser(url.slice(0, mark)) + redacted(url.slice(mark), hides);
  };
}

/** In one pass, and without a list of parameters: most queries have nothing to hide. */
function redacted(query: string, hides: (name: string) => boolean): string {
  let text = '';
  let copied = 0;
  let end: number;
  let equals = -1;
  for (let start = 0; start < query.length; start = end + 1) {
    end = query.indexOf('&', start);
    if (end === -1) end = query.length;
    // Looked for once for each that there is: a query of nothing but `&` would be searched to its end again and again.
    if (equals < start) equals = query.indexOf('=', start);
    if (equals === -1) break;
    if (equals < end && hides(query.slice(start, equals))) {
      text += `${query.slice(copied, equals)}=${REDACTED}`;
      copied = end;
    }
  }
  return text + query.slice(copied);
}

function withoutUser(url: string): string {
  return url.includes('@') ? url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, `$1${REDACTED}@`) : url;
}
