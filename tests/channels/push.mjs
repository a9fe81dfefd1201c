// Web push, read by others: http_ece decrypts as a browser does, jose checks the token as a push service does, web-push
// makes the operator's keys. Started by run.sh.
import assert from 'node:assert/strict'
import { createECDH, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import ece from 'http_ece'
import { importJWK, jwtVerify } from 'jose'
import webpush from 'web-push'
import { send } from './sender.mjs'

const keys = webpush.generateVAPIDKeys()
const browser = createECDH('prime256v1')
const secret = randomBytes(16)
let server, origin, seen, status

before(async () => {
  browser.generateKeys()
  server = createServer((request, response) => {
    const pieces = []
    request.on('data', piece => pieces.push(piece))
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(pieces) })
      response.writeHead(status, status === 429 ? { 'Retry-After': '30' } : {}).end()
    })
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${server.address().port}`
})
after(() => server.close())

const subscription = () =>
  JSON.stringify({ endpoint: `${origin}/wpush/v2/abc`, expirationTime: null, keys: { p256dh: browser.getPublicKey('base64url'), auth: secret.toString('base64url') } })

function push(notice, answer = 201) {
  seen = []
  status = answer
  return send(['push', keys.privateKey, 'mailto:ops@example.com'], { address: subscription(), ...notice })
}

// clause-010.push
test('a browser opens what was pushed to it', async () => {
  const outcome = await push({ topic: 'p_1', title: 'Onderweg', text: 'Je pakket "Lamp" 📦 is onderweg', link: 'https://track.example.com/t/1' })
  assert.equal(outcome, 'accepted http 201')
  const [{ method, url, headers, body }] = seen
  assert.deepEqual([method, url], ['POST', '/wpush/v2/abc'])
  assert.equal(headers['content-encoding'], 'aes128gcm')
  assert.equal(headers.ttl, '86400')
  assert.equal(headers.topic, 'p_1')
  assert.equal(headers.urgency, 'normal')
  assert.ok(body.length <= 4096)
  const plain = ece.decrypt(body, { version: 'aes128gcm', privateKey: browser, authSecret: secret.toString('base64url') })
  assert.deepEqual(JSON.parse(plain), { title: 'Onderweg', body: 'Je pakket "Lamp" 📦 is onderweg', link: 'https://track.example.com/t/1', tag: 'p_1', language: 'en' })
})

test('another browser cannot', async () => {
  await push({ text: 'for one pair of eyes' })
  const other = createECDH('prime256v1')
  other.generateKeys()
  assert.throws(() => ece.decrypt(seen[0].body, { version: 'aes128gcm', privateKey: other, authSecret: secret.toString('base64url') }))
})

test('the push service can tell who pushes', async () => {
  await push({ text: 'x' })
  const [, token, key] = seen[0].headers.authorization.match(/^vapid t=([\w.-]+), k=([\w-]+)$/)
  assert.equal(key, keys.publicKey)
  const point = Buffer.from(key, 'base64url')
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }
  const { payload, protectedHeader } = await jwtVerify(token, await importJWK(jwk, 'ES256'), { audience: origin, subject: 'mailto:ops@example.com', algorithms: ['ES256'] })
  assert.deepEqual(protectedHeader, { typ: 'JWT', alg: 'ES256' })
  assert.ok(payload.exp > Date.now() / 1000 && payload.exp <= Date.now() / 1000 + 24 * 3600)
})

test('a subscription that is no more is told apart from trouble', async () => {
  assert.equal(await push({ text: 'x' }, 410), 'gone http 410')
  assert.equal(await push({ text: 'x' }, 404), 'gone http 404')
  assert.equal(await push({ text: 'x' }, 429), 'later http 429')
  assert.equal(await push({ text: 'x' }, 403), 'refused http 403')
})
