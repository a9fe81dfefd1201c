// News of a parcel in the reader's browser: the page offers it, a subscription made there is told, encrypted so that the
// browser alone reads it, and taken back it is told nothing more. The push service is a peer on loopback; http_ece
// decrypts as a browser does. Started by run.sh.
import assert from 'node:assert/strict'
import { createECDH, randomBytes } from 'node:crypto'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import ece from 'http_ece'
import webpush from 'web-push'
import { Milepost } from '../sdk/server.mjs'

const number = '1Z999AA10123456784'
const keys = webpush.generateVAPIDKeys()
const seen = []
const folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-push-'))
let milepost, door, server, page

const pause = (ms) => new Promise((done) => setTimeout(done, ms))
async function until(what, look, milliseconds = 10_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await pause(50)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not within ${milliseconds / 1000} s: ${what}\n${milepost.log().split('\n').slice(-15).join('\n')}`)
}

class Browser {
  constructor(name) {
    this.name = name
    this.ecdh = createECDH('prime256v1')
    this.ecdh.generateKeys()
    this.secret = randomBytes(16)
  }
  subscription() {
    return { endpoint: `http://127.0.0.1:${server.address().port}/wpush/${this.name}`, expirationTime: null, keys: { p256dh: this.ecdh.getPublicKey('base64url'), auth: this.secret.toString('base64url') } }
  }
  async asks(does, headers = {}) {
    const answer = await milepost.call('POST', `${page}/push?do=${does}&lang=nl`, { body: this.subscription(), headers: { 'Sec-Fetch-Site': 'same-origin', ...headers } })
    return { status: answer.status, ...answer.json }
  }
  reads(body) {
    return JSON.parse(ece.decrypt(body, { version: 'aes128gcm', privateKey: this.ecdh, authSecret: this.secret.toString('base64url') }))
  }
  got() {
    return seen.filter(({ url }) => url === `/wpush/${this.name}`)
  }
}

before(async () => {
  server = createServer((request, response) => {
    const pieces = []
    request.on('data', (piece) => pieces.push(piece))
    request.on('end', () => {
      seen.push({ url: request.url, headers: request.headers, body: Buffer.concat(pieces) })
      response.writeHead(201).end()
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  writeFileSync(path.join(folder, 'push.key'), keys.privateKey + '\n')
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited' },
    config: ['[push]', `key = "file:${folder}/push.key"`, 'contact = "ops@example.com"', 'private_services = true'],
  })
  door = milepost.command('inbound', 'add', '--account', String(milepost.ids.shop), '--connector', 'aftership', '--verify', 'header')
  const made = await milepost.call('POST', '/v4/trackings/create', {
    key: milepost.keys.shop,
    body: { tracking_number: number, courier_code: 'ups', title: 'Bureaulamp', destination_country: 'NL' },
  })
  assert.equal(made.status, 200)
  const id = made.json.data.id
  const shown = await milepost.call('POST', '/own/messages/preview', { key: milepost.keys.shop, body: { trigger: 'delivered', language: 'nl', shipment: id } })
  assert.equal(shown.status, 200, JSON.stringify(shown.json))
  page = /\/t\/[\w-]+/.exec(shown.json.text)[0]
})
after(async () => {
  await milepost?.stop()
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const checkpoints = []
async function happens(tag, subtag) {
  const at = new Date(Date.now() - 1800_000 + checkpoints.length * 60_000).toISOString().slice(0, 19) + '+00:00'
  checkpoints.push({ checkpoint_time: at, city: 'Utrecht', country_region: 'NLD', message: tag, tag, subtag, slug: 'ups' })
  const told = await milepost.call('POST', door.path, {
    headers: { Authorization: `Bearer ${door.secret}` },
    body: { meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag, subtag, checkpoints } } },
  })
  assert.equal(told.status, 200)
}

test('the page offers it, and does nothing by itself', async () => {
  const { status, text } = await milepost.call('GET', page, { headers: { Accept: 'text/html' } })
  assert.equal(status, 200)
  assert.match(text, new RegExp(`data-key="${keys.publicKey}"`))
  assert.match(text, /<section id="push"[^>]* hidden>/, 'shown by the script alone')
  const worker = await milepost.call('GET', '/worker.js')
  assert.equal(worker.status, 200)
  assert.match(worker.text, /showNotification/)
})

test('a browser that was asked for it is told in its language, and it alone can read it', async () => {
  const [ann, bob] = [new Browser('ann'), new Browser('bob')]
  assert.deepEqual(await ann.asks('ask'), { status: 200, on: false })
  assert.equal((await ann.asks('on', { 'Sec-Fetch-Site': 'cross-site' })).status, 403)
  assert.deepEqual(await ann.asks('on'), { status: 200, on: true })
  assert.deepEqual(await ann.asks('on'), { status: 200, on: true }, 'once more changes nothing')
  assert.deepEqual(await ann.asks('ask'), { status: 200, on: true })
  assert.deepEqual(await bob.asks('ask'), { status: 200, on: false })
  await happens('OutForDelivery', 'OutForDelivery_001')
  const [{ body, headers }] = await until('a message', () => ann.got().length === 1 && ann.got())
  const notice = ann.reads(body)
  assert.equal(notice.language, 'nl')
  assert.match(notice.body, /pakket/)
  assert.match(notice.body, /Bureaulamp/)
  assert.ok(notice.link.endsWith(page), notice.link)
  assert.match(headers.authorization, /^vapid t=/)
  assert.throws(() => bob.reads(body))

  assert.deepEqual(await bob.asks('on'), { status: 200, on: true })
  assert.deepEqual(await ann.asks('off'), { status: 200, on: false })
  await happens('Delivered', 'Delivered_001')
  await until('a message to the other', () => bob.got().length === 1)
  await pause(500)
  assert.equal(ann.got().length, 1, 'silence')
})

test('what is no subscription, and a page that is none, are refused', async () => {
  assert.equal((await milepost.call('POST', `${page}/push?do=on`, { body: { endpoint: 'http://10.0.0.1/x' } })).status, 422)
  assert.equal((await milepost.call('POST', '/t/nothing/push?do=on', { body: new Browser('eve').subscription() })).status, 404)
})
