// Stands before a client: writes how each of its requests is sent, and whether it is a hash alone.
import { appendFileSync } from 'node:fs';

const usual = globalThis.fetch;
globalThis.fetch = (address, init = {}) => {
  const body = init.body ? JSON.parse(init.body) : {};
  const how = body.extensions?.persistedQuery && !body.query ? 'HASH' : init.method;
  appendFileSync(process.env.SENT_TO, `${how}\n`);
  return usual(address, init);
};
