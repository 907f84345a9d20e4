import { randomBytes } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import session from 'express-session';
import { FairleadError, type LoadBalancer, statsHandler } from 'fairlead';
import type { Dashboard } from 'fairlead/dashboard';
import { metrics } from 'fairlead/prometheus';
import helmet from 'helmet';
import morgan from 'morgan';
import { fromThisMachine } from './operators.js';

declare module 'express-session' {
  interface SessionData {
    visits: number;
  }
}

export interface Balancers {
  readonly api: LoadBalancer;
  readonly shop: LoadBalancer;
}

/** An app as there are many; two of its mounts are balancers, and one shows them. */
export function createApp(balancers: Balancers, dashboard: Dashboard): Express {
  const app = express();

  app.use(helmet());
  app.use(morgan('tiny'));
  // It reads the bodies of JSON requests to the balancers too; they still reach the backends.
  app.use(express.json());
  app.use(
    session({
      // Whoever runs more than one instance, or wants sessions to survive a restart, sets it.
      secret: process.env.SESSION_SECRET ?? randomBytes(32).toString('hex'),
      resave: false,
      saveUninitialized: false,
      cookie: { sameSite: 'lax' },
    }),
  );

  app.get('/', countVisit, ({ session }, response) => {
    answer(response, {
      visits: session.visits,
      '/api': 'three backends, by least connections: /api/, /api/sleep?ms=500, /api/health',
      '/shop': 'the same backends, each client kept on one: /shop/basket',
      '/live': 'a WebSocket that echoes',
      '/balancer': 'how they are, live: a page for a browser',
      '/stats': 'what the balancers count: /stats/api, /stats/shop',
      '/metrics': 'the same for Prometheus',
    });
  });
  app.use('/api', balancers.api);
  // A route cuts nothing off: the backends' WebSocket listens under /live too.
  app.get('/live', balancers.api);
  // The session's cookie, the balancer's and the backend's own travel in one response.
  app.use('/shop', countVisit, balancers.shop);
  app.use('/balancer', dashboard);
  operators(app, balancers);
  app.use(refusal);
  return app;
}

/** These tell where the backends are and take them out of service: a real app asks who wants that, before this line. */
function operators(app: Express, balancers: Balancers): void {
  app.get('/metrics', metrics(Object.values(balancers)).handler);
  app.get('/stats/api', statsHandler(balancers.api));
  app.get('/stats/shop', statsHandler(balancers.shop));
  app.use('/admin', (request, response, next) => {
    if (fromThisMachine(request)) next();
    else response.sendStatus(403);
  });
  for (const [name, balancer] of Object.entries(balancers)) {
    app.post(`/admin/${name}/backends/:id/state`, ({ params, body }, response) => {
      balancer.setState(params.id, body?.state);
      answer(response, { balancer: name, backend: params.id, state: body.state });
    });
  }
}

const countVisit: RequestHandler = ({ session }, _response, next) => {
  session.visits = (session.visits ?? 0) + 1;
  next();
};

/** An unknown backend or state is the operator's slip, not ours. */
const refusal: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof FairleadError && error.code === 'FAIRLEAD_OPTIONS') {
    answer(response.status(400), { error: error.message });
  } else {
    next(error);
  }
};

/** JSON that ends with a line break: the terminal's prompt goes on the next line. */
function answer(response: Response, value: object): void {
  response.type('json').send(`${JSON.stringify(value, null, 2)}\n`);
}
