/** A request of a recorded trace. */
export interface TraceEntry {
  /** Milliseconds from any beginning. */
  readonly at: number;
  /** Who sent it; '' when the trace does not say. */
  readonly key: string;
}

/**
 * Reads a trace, a request a line: `time_ms` or `time_ms,key` (CSV, with or without a heading), or JSON with `time_ms`
 * and `key`. Empty lines and lines that begin with # are passed over.
 *
 * @returns in order of time, the first at 0
 * @throws Error that names the first line that is neither
 */
export function parseTrace(text: string): TraceEntry[] {
  const entries: TraceEntry[] = [];
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const entry = line.startsWith('{') ? fromJson(line) : fromCsv(line);
    if (entry !== undefined) entries.push(entry);
    else if (entries.length > 0 || !/^"?time_ms"?\s*(,|$)/i.test(line)) {
      throw new Error(`line ${i + 1}: time_ms[,key] or JSON with time_ms and key, not ${shortened(line)}`);
    }
  }
  entries.sort((a, b) => a.at - b.at);
  const start = entries[0]?.at;
  if (start === undefined) throw new Error('it holds no request');
  return entries.map(({ at, key }) => ({ at: at - start, key }));
}

function shortened(line: string): string {
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function fromCsv(line: string): TraceEntry | undefined {
  const comma = line.indexOf(',');
  const time = unquoted(comma === -1 ? line : line.slice(0, comma));
  const at = time === '' ? Number.NaN : Number(time);
  return Number.isFinite(at) ? { at, key: comma === -1 ? '' : unquoted(line.slice(comma + 1)) } : undefined;
}

/** A field without the quotes around it; a quote inside is doubled (RFC 4180). */
function unquoted(field: string): string {
  const text = field.trim();
  return /^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}

function fromJson(line: string): TraceEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('time_ms' in value)) return undefined;
    const { time_ms: at } = value;
    const key = 'key' in value ? value.key : '';
    return typeof at === 'number' && Number.isFinite(at) ? { at, key: String(key) } : undefined;
  } catch {
    return undefined;
  }
}
