// The register of what may be kept in a browser (data/privacy/cookies.toml), and what a browser really keeps.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

// As much of TOML as the file needs: tables in arrays, and a word, a number or a flag in each line.
export function register() {
  const all = { cookie: [], storage: [], vendor: [] }
  let entry
  for (const line of readFileSync(path.join(root, 'data/privacy/cookies.toml'), 'utf8').split('\n')) {
    const table = /^\[\[(\w+)\]\]$/.exec(line)
    const pair = /^(\w+) = (.+)$/.exec(line)
    if (table) all[table[1]].push((entry = {}))
    else if (pair && entry) entry[pair[1]] = JSON.parse(pair[2])
  }
  assert.ok(all.cookie.length > 0, 'the register has cookies')
  return all
}

// Every cookie of the jar stands in the register, and is what its entry says. Gives back their entries' names.
export function compareJar(jar, { cookie: entries }) {
  return jar.map((held) => {
    const entry = entries.find(({ name }) => held.name === `__Host-${name}`)
    assert.ok(entry, `a cookie outside the register: ${held.name}`)
    assert.equal(held.secure, true, held.name)
    assert.equal(held.httpOnly, true, held.name)
    assert.equal(held.path, '/', held.name)
    assert.equal(held.domain, 'localhost', `${held.name} is this host's alone`)
    assert.equal(held.sameSite, entry.same_site, held.name)
    if (entry.kind === 'session') {
      assert.equal(held.expires, -1, `${held.name} goes with the browser`)
    } else {
      const days = (held.expires - Date.now() / 1000) / 86400
      assert.ok(days > 0 && days <= entry.lifetime_days, `${held.name} lives ${days} days`)
    }
    if (entry.values === 'random') assert.match(held.value, /^[\w-]{22,}$/, held.name)
    return entry.name
  })
}

// Everything else a page can keep, by the kinds of the register's [[storage]].
export async function storage(page) {
  return page.evaluate(async () => ({
    'local-storage': Object.keys(localStorage),
    'session-storage': Object.keys(sessionStorage),
    'indexed-db': (await indexedDB.databases()).map(({ name }) => name),
    cache: await caches.keys(),
    'service-worker': (await navigator.serviceWorker.getRegistrations()).map(({ active, waiting, installing }) => new URL((active ?? waiting ?? installing).scriptURL).pathname.slice(1)),
  }))
}

export function compareStorage(held, { storage: entries }) {
  for (const [kind, names] of Object.entries(held)) {
    const registered = entries.filter((entry) => entry.kind === kind).map(({ name }) => name)
    for (const name of names) assert.ok(registered.includes(name), `${kind} outside the register: ${name}`)
  }
}
