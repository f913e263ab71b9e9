// The explorer of the API: GraphiQL, asking as whoever is signed in to the page that it is on.
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { setNonce } from 'get-nonce';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';

const ADDRESS = '/graphql';
const FIRST = '{\n  viewer {\n    displayName\n    role\n  }\n}\n';

// What is typed may be about a person: it is kept as long as the page is open, and nowhere.
class Forgetful {
  #kept = new Map();
  get length() { return this.#kept.size; }
  getItem(name) { return this.#kept.get(name) ?? null; }
  setItem(name, value) { this.#kept.set(name, value); }
  removeItem(name) { this.#kept.delete(name); }
  clear() { this.#kept.clear(); }
}

async function ask(question) {
  const answer = await fetch(ADDRESS, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-WIN-CSRF': '1' },
    body: JSON.stringify(question),
  });
  return answer.json();
}

const place = document.getElementById('explorer');
// Its dialogs write a style of their own into the page, which takes only what carries this.
setNonce(place.dataset.nonce);
createRoot(place).render(
  createElement(GraphiQL, {
    fetcher: ask,
    storage: new Forgetful(),
    defaultQuery: FIRST,
    defaultEditorToolsVisibility: 'variables',
    forcedTheme: 'light',
    isHeadersEditorEnabled: false,
    shouldPersistHeaders: false,
  }),
);
