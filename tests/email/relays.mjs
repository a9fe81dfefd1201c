// Milepost against npm's smtp-server: encryption, logins, refusals, broken connections. Started by run.sh.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { file, json, run } from './milepost.mjs'

const { SMTPServer } = createRequire(import.meta.url)('smtp-server')

// A certificate for localhost that nobody but this test trusts.
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
  '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', file('key.pem'), '-out', file('certificate.pem')], { stdio: 'ignore' })
const pair = { key: readFileSync(file('key.pem')), cert: readFileSync(file('certificate.pem')) }
const trusted = `ca_file=${file('certificate.pem')}`

// A server that remembers what it was told. `over` are options of smtp-server.
async function sink(t, over = {}) {
  const seen = { messages: [], logins: [], sessions: 0 }
  const server = new SMTPServer({
    ...pair, authOptional: true, disableReverseLookup: true, logger: false, closeTimeout: 100,
    onConnect: (session, done) => (seen.sessions++, done()),
    onAuth: (auth, session, done) => {
      seen.logins.push({ method: auth.method, username: auth.username, password: auth.password, token: auth.accessToken, secure: session.secure })
      const good = auth.method === 'XOAUTH2' ? auth.accessToken === 'fresh-token' : auth.password === 'p:w/@'
      done(good ? null : Object.assign(new Error('no'), { responseCode: 535 }), good ? { user: auth.username } : undefined)
    },
    onData: (stream, session, done) => {
      const pieces = []
      stream.on('data', (piece) => pieces.push(piece))
      stream.on('end', () => {
        seen.messages.push({ bytes: Buffer.concat(pieces), from: session.envelope.mailFrom.address, to: session.envelope.rcptTo.map((r) => r.address), secure: session.secure })
        done(null, 'taken')
      })
    },
    ...over,
  })
  server.on('error', () => {}) // broken handshakes are what some tests are about
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => new Promise((done) => server.close(done)))
  return { seen, port: server.server.address().port }
}

const from = 'Shop <parcels@shop.example>'
const send = (relays, to = 'zoe@example.com') => json(['mail', 'test', '--to', to], { relays, from })
const refusal = (responseCode, text = 'no') => Object.assign(new Error(text), { responseCode })

test('STARTTLS with a certificate that is trusted', async (t) => {
  const { seen, port } = await sink(t)
  const [told] = await send(`smtp://localhost:${port}?tls=required&${trusted}`)
  assert.deepEqual([told.accepted, told.stage, told.encrypted], [true, 'done', true])
  assert.equal(seen.messages.length, 1)
  assert.ok(seen.messages[0].secure)
  assert.equal(seen.messages[0].from, 'parcels@shop.example')
  assert.deepEqual(seen.messages[0].to, ['zoe@example.com'])
})

test('TLS from the first byte', async (t) => {
  const { seen, port } = await sink(t, { secure: true })
  const [told] = await send(`smtps://localhost:${port}?${trusted}`)
  assert.deepEqual([told.accepted, told.encrypted], [true, true])
  assert.equal(seen.messages.length, 1)
})

test('a certificate that proves nothing: nothing is sent', async (t) => {
  for (const secure of [false, true]) {
    const { seen, port } = await sink(t, { secure })
    const [told] = await send(secure ? `smtps://localhost:${port}` : `smtp://localhost:${port}?tls=required`)
    assert.deepEqual([told.accepted, told.stage], [false, 'tls'])
    assert.equal(seen.messages.length, 0)
  }
})

test('a server without STARTTLS does not get what must be encrypted', async (t) => {
  const { seen, port } = await sink(t, { hideSTARTTLS: true })
  const [told] = await send(`smtp://u:p@localhost:${port}?tls=required&${trusted}`)
  assert.deepEqual([told.accepted, told.stage], [false, 'tls'])
  assert.deepEqual([seen.messages.length, seen.logins.length], [0, 0])
})

test('opportunistic: encrypted where it is offered, plain where it is not', async (t) => {
  for (const hideSTARTTLS of [false, true]) {
    const { seen, port } = await sink(t, { hideSTARTTLS })
    const [told] = await send(`smtp://127.0.0.1:${port}`)
    assert.deepEqual([told.accepted, told.encrypted], [true, !hideSTARTTLS])
    assert.equal(seen.messages.length, 1)
  }
})

test('a password, by each way there is, and never in what is shown', async (t) => {
  for (const method of ['PLAIN', 'LOGIN', 'CRAM-MD5']) {
    const { seen, port } = await sink(t, {
      authOptional: false, authMethods: [method],
      ...(method === 'CRAM-MD5' && { onAuth: (auth, session, done) => (seen.logins.push(auth), done(auth.validatePassword('p:w/@') ? null : refusal(535), { user: 1 })) }),
    })
    const relays = `smtp://shop%40example.com:p%3Aw%2F%40@localhost:${port}?tls=required&${trusted}`
    const shown = await run(['mail', 'test', '--to', 'zoe@example.com'], { relays, from })
    assert.equal(shown.code, 0, shown.out + shown.err)
    assert.equal(seen.logins[0].username, 'shop@example.com')
    assert.equal(seen.messages.length, 1)
    const secrets = ['p:w/@', Buffer.from('p:w/@').toString('base64'), Buffer.from('\0shop@example.com\0p:w/@').toString('base64')]
    for (const secret of secrets) assert.ok(!(shown.out + shown.err).includes(secret), method)
    assert.match(shown.out, /AUTH/)
  }
})

test('a wrong password is told as such', async (t) => {
  const { seen, port } = await sink(t, { authOptional: false })
  const [told] = await send(`smtp://u:wrong@localhost:${port}?tls=required&${trusted}`)
  assert.deepEqual([told.accepted, told.stage], [false, 'auth'])
  assert.match(told.code, /^smtp 535/)
  assert.equal(seen.messages.length, 0)
})

test('a token from a file, by XOAUTH2', async (t) => {
  const { seen, port } = await sink(t, { authOptional: false, authMethods: ['XOAUTH2'] })
  const relays = `smtp://shop%40example.com@localhost:${port}?tls=required&${trusted}&token_file=${file('token', 'stale-token\n')}`
  const [stale] = await send(relays)
  assert.deepEqual([stale.accepted, stale.stage], [false, 'auth'])
  file('token', 'fresh-token\n')
  const [fresh] = await send(relays)
  assert.equal(fresh.accepted, true, JSON.stringify(fresh))
  assert.deepEqual(seen.logins.at(-1), { method: 'XOAUTH2', username: 'shop@example.com', password: undefined, token: 'fresh-token', secure: true })
})

test('a recipient refused for now, and one for good', async (t) => {
  const { seen, port } = await sink(t, {
    onRcptTo: ({ address }, session, done) => done(address.startsWith('full') ? refusal(452, 'mailbox full') : address.startsWith('gone') ? refusal(550, 'no such mailbox') : null),
  })
  const relays = `smtp://127.0.0.1:${port}`
  const [full] = await send(relays, 'full@example.com')
  assert.equal(full.stage, 'recipient')
  assert.match(full.code, /^smtp 452/)
  const [gone] = await send(relays, 'gone@example.com')
  assert.match(gone.code, /^smtp 550/)
  const [good] = await send(relays, 'zoe@example.com')
  assert.equal(good.accepted, true)
  assert.deepEqual(seen.messages.map(({ to }) => to), [['zoe@example.com']])
})

test('a message refused after it was sent, and one too large to begin with', async (t) => {
  const spam = await sink(t, { onData: (stream, session, done) => (stream.resume(), stream.on('end', () => done(refusal(554, 'not wanted')))) })
  const [refused] = await send(`smtp://127.0.0.1:${spam.port}`)
  assert.equal(refused.stage, 'data')
  assert.match(refused.code, /^smtp 554/)
  const small = await sink(t, { size: 100 })
  const [large] = await send(`smtp://127.0.0.1:${small.port}`)
  assert.equal(large.stage, 'sender')
  assert.match(large.code, /^smtp 552/)
})

test('a connection dropped in the middle of the message', async (t) => {
  const { port } = await sink(t, { onData: (stream, session) => server(session)?.destroy() })
  // smtp-server keeps its sockets to itself: the connection is found by its port.
  const sockets = new Map()
  const server = (session) => sockets.get(session.remotePort)
  const net = await import('node:net')
  const proxy = net.createServer((client) => {
    const upstream = net.connect(port, '127.0.0.1', () => sockets.set(upstream.localPort, client))
    client.pipe(upstream).pipe(client)
    client.on('error', () => {})
    client.on('close', () => upstream.destroy())
    upstream.on('error', () => {})
  })
  await new Promise((done) => proxy.listen(0, '127.0.0.1', done))
  t.after(() => proxy.close())
  const [told] = await send(`smtp://127.0.0.1:${proxy.address().port}?tls=none`)
  assert.equal(told.accepted, false)
  assert.match(told.code, /^smtp (data|unanswered) closed$/)
})

test('a slow server is waited for', async (t) => {
  const { port } = await sink(t, { onMailFrom: (address, session, done) => setTimeout(done, 1500), onRcptTo: (address, session, done) => setTimeout(done, 1500) })
  const [told] = await send(`smtp://127.0.0.1:${port}`)
  assert.equal(told.accepted, true)
})

test('every relay is tried, and one that fails is the exit code', async (t) => {
  const good = await sink(t)
  const bad = await sink(t, { onMailFrom: (address, session, done) => done(refusal(451, 'no disk')) })
  const relays = `smtp://127.0.0.1:${bad.port}, smtp://127.0.0.1:${good.port}`
  const told = await send(relays)
  assert.deepEqual(told.map(({ accepted }) => accepted), [false, true])
  assert.equal((await run(['mail', 'test', '--to', 'zoe@example.com'], { relays, from })).code, 1)
})

test('an international mailbox travels with SMTPUTF8', async (t) => {
  const { seen, port } = await sink(t)
  const [told] = await send(`smtp://127.0.0.1:${port}`, '用户@例子.测试')
  assert.equal(told.accepted, true, JSON.stringify(told))
  assert.match(seen.messages[0].to[0], /^用户@/)
})
