import type { IncomingMessage, ServerResponse } from 'node:http';

interface Scrapable {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** Answers scrapes. */
export function scrapeHandler(registry: Scrapable): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    void answered(registry, request, response);
  };
}

async function answered(registry: Scrapable, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body: string;
  let type: string;
  try {
    body = await registry.metrics();
    // After the metrics: it may change with them.
    type = registry.contentType;
  } catch {
    // A metric of the app's own in this registry has thrown. What, is nobody's business but the app's.
    answer(request, response, 500, 'text/plain; charset=utf-8', 'a metric could not be collected\n');
    return;
  }
  answer(request, response, 200, type, body);
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, type: string, body: string): void {
  // The app has answered meanwhile, or the client has gone.
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
