// A parcel's journey, as it reaches those who should know: a shop's program by webhook, the Dutch buyer by e-mail, in
// order and once each; and silence after one click. See telling.sh.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { spawn } from 'node:child_process'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { Milepost, binary, freePort, sleep } from '../sdk/server.mjs'

const number = '1Z999AA10123456784'
const buyer = 'annelies.devries@example.com'
let catcher, catcherOrigin, milepost, door, receiver
const told = []

before(async () => {
  const [mailPort, webPort] = [await freePort(), await freePort()]
  catcher = spawn(binary, ['mail', 'catch', '--port', String(mailPort), '--web', String(webPort)], { stdio: 'ignore' })
  catcherOrigin = `http://127.0.0.1:${webPort}`
  receiver = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      told.push({ headers: request.headers, body })
      response.end('200')
    })
  })
  await new Promise((done) => receiver.listen(0, '127.0.0.1', done))
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited' },
    config: [
      '[mail]', `relays = "smtp://127.0.0.1:${mailPort}"`, 'from = "Atelier Blom <parcels@blom.example>"',
      '[notify]', 'private_webhooks = true',
    ],
  })
  door = milepost.command('inbound', 'add', '--account', String(milepost.ids.shop), '--connector', 'aftership', '--verify', 'header')
})
after(async () => {
  await milepost?.stop()
  catcher?.kill()
  receiver?.close()
  receiver?.closeAllConnections()
})

const checkpoints = []
async function happens(tag, subtag, message) {
  // Each a minute after the one before, all of them in the last hour.
  const at = new Date(Date.now() - 3600_000 + checkpoints.length * 60_000).toISOString().slice(0, 19) + '+00:00'
  checkpoints.push({ checkpoint_time: at, city: 'Utrecht', country_region: 'NLD', message, tag, subtag, slug: 'ups' })
  const response = await fetch(milepost.origin + door.path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${door.secret}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag, subtag, checkpoints } } }),
  })
  assert.equal(response.status, 200)
}

const page = async (path) => (await fetch(catcherOrigin + path)).text()
// The numbers of what was caught, oldest first.
async function caught() {
  const list = await page('/demo/mail')
  return [...new Set([...list.matchAll(/\/demo\/mail\/(\d+)/g)].map(([, n]) => Number(n)))].sort((a, b) => a - b)
}
const unescape = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
const source = async (n) => unescape(await page(`/demo/mail/${n}?view=source`))

async function until(what, look, milliseconds = 10_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not within ${milliseconds / 1000} s: ${what}`)
}

async function addWebhook() {
  const answer = await fetch(`${milepost.origin}/own/webhooks`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${milepost.keys.shop}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ url: `http://127.0.0.1:${receiver.address().port}/hook` }),
  })
  assert.equal(answer.status, 201)
  return answer.json()
}

test('a journey is told in order and each thing once, to the program and to the buyer', async () => {
  const webhook = await addWebhook()
  const answer = await fetch(`${milepost.origin}/v4/trackings/create`, {
    method: 'POST',
    headers: { 'Tracking-Api-Key': milepost.keys.shop, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      tracking_number: number, courier_code: 'ups', customer_name: 'Annelies de Vries', customer_email: buyer,
      language: 'nl', title: 'Bureaulamp', order_number: 'B-1007', destination_country: 'NL',
    }),
  })
  assert.equal(answer.status, 200)
  await happens('InTransit', 'InTransit_001', 'Arrived at facility')
  await until('the first webhook', () => told.length === 1)
  await happens('OutForDelivery', 'OutForDelivery_001', 'Out for delivery')
  await until('a mail', async () => (await caught()).length === 1)
  await happens('Delivered', 'Delivered_001', 'Delivered')
  await until('another mail', async () => (await caught()).length === 2)
  await until('three webhooks', () => told.length === 3)
  await sleep(1000)
  assert.equal((await caught()).length, 2, 'nothing is told twice')
  assert.equal(told.length, 3)

  // Standard Webhooks: HMAC-SHA-256 over id, time and body.
  const key = Buffer.from(webhook.standard_secret.slice('whsec_'.length), 'base64')
  for (const { headers, body } of told) {
    const expected = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')
    assert.ok(headers['webhook-signature'].split(' ').includes(`v1,${expected}`), 'the signature is not true')
  }
  assert.equal(new Set(told.map(({ headers }) => headers['webhook-id'])).size, 3)
  assert.deepEqual(told.map(({ body }) => JSON.parse(body).data.delivery_status), ['transit', 'pickup', 'delivered'])
})

// clause-033.notice
test('the buyer reads Dutch, and in the first mail who gave their address and how to object', async () => {
  const [first, second] = await Promise.all((await caught()).map((n) => page(`/demo/mail/${n}?view=text`)))
  for (const text of [first, second]) {
    assert.match(text, /Annelies de Vries/)
    assert.match(text, /Bureaulamp/)
    assert.match(text, /pakket/)
  }
  assert.match(first, /bezwaar/, 'the first mail says how to object')
  assert.doesNotMatch(second, /bezwaar/, 'the second does not say it again')
})

// clause-061.post clause-097.link
test('one click ends it at once, and the page offers to take it back', async () => {
  const [first] = await caught()
  const headers = (await source(first)).replaceAll(/\r?\n[ \t]+/g, ' ')
  assert.match(headers, /List-Unsubscribe-Post: List-Unsubscribe=One-Click/)
  const [, link] = /List-Unsubscribe: <([^>]+)>/.exec(headers)
  const looked = await fetch(link)
  assert.equal(looked.status, 200)
  assert.equal(looked.headers.get('set-cookie'), null)
  const clicked = await fetch(link, {
    method: 'POST', redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click',
  })
  assert.equal(clicked.status, 200)
  const webhooks = told.length
  await happens('Exception', 'Exception_011', 'Returned to sender')
  await until('the webhook of what happened then', () => told.length === webhooks + 1)
  await sleep(1500)
  assert.equal((await caught()).length, 2, 'silence')
  assert.match(await (await fetch(link)).text(), /value="resume"/)
})
