// A backend that keeps its sessions in memory, in a process of its own: a client that is sent to another has lost them.
import express from 'express';
import session from 'express-session';

const name = process.argv[2];
const app = express().use(session({ secret: 'test', resave: false, saveUninitialized: true }));
app.get('/', (request, response) => {
  request.session.visits = (request.session.visits ?? 0) + 1;
  response.json({ by: name, visits: request.session.visits });
});
const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: server.address().port }));
process.once('disconnect', () => process.exit());
