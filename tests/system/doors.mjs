// The doors of the rights desk, from outside: a letter becomes a request that the shop completes with its key, a correction
// reaches the shop's webhook with the new value, and parcels move straight to another Milepost. See doors.sh.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import http from 'node:http'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { Milepost, binary, freePort, sleep } from '../sdk/server.mjs'

const address = 'wilhelmina.zandstra@example.com', number = '1Z999AA10123456784'
let catcher, catcherOrigin, shop, home, deskPort, receiver
const heard = []

before(async () => {
  const [mailPort, webPort, hookPort] = [await freePort(), await freePort(), await freePort()]
  deskPort = await freePort()
  catcher = spawn(binary, ['mail', 'catch', '--port', String(mailPort), '--web', String(webPort)], { stdio: 'ignore' })
  catcherOrigin = `http://127.0.0.1:${webPort}`
  receiver = http.createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => { body += piece })
    request.on('end', () => { heard.push(JSON.parse(body)); response.end('thanks') })
  }).listen(hookPort, '127.0.0.1')
  shop = await Milepost.start({
    accounts: { shop: 'standard' },
    config: ['[mail]', `relays = "smtp://127.0.0.1:${mailPort}"`, 'from = "Atelier Blom <parcels@blom.example>"',
      '[rights]', 'mailbox = "privacy@blom.example"', `mail_listen = "127.0.0.1:${deskPort}"`, 'private_transfers = true',
      '[notify]', 'private_webhooks = true'],
  })
  home = await Milepost.start({ accounts: { wil: 'standard' } })
  shop.privacy = shop.command('key', 'create', '--account', String(shop.ids.shop), '--name', 'desk', '--scopes', 'privacy').key
  run(shop, 'webhook', 'add', '--account', String(shop.ids.shop), '--url', `http://127.0.0.1:${hookPort}/hook`)
  const made = await shop.call('POST', '/v4/trackings/create', {
    key: shop.keys.shop,
    body: { tracking_number: number, courier_code: 'ups', customer_name: 'Wilhelmina Zandstraa', customer_email: address },
  })
  assert.equal(made.json.meta.code, 200)
})
after(async () => {
  await shop?.stop()
  await home?.stop()
  receiver?.close()
  catcher?.kill()
})

const run = (it, ...words) => execFileSync(binary, [...words, ...it.place], { encoding: 'utf8' }).trim()
const post = (target, fields = {}) => fetch(new URL(target, shop.origin), {
  method: 'POST', redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: shop.origin },
  body: new URLSearchParams(fields).toString(),
})
const own = async (method, target, body) => {
  const answer = await fetch(new URL(`/own/rights${target}`, shop.origin),
    { method, headers: { Authorization: `Bearer ${shop.privacy}` }, body: body && JSON.stringify(body) })
  return { status: answer.status, json: await answer.json() }
}
async function until(what, look) {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(100)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not in time: ${what}`)
}
// Links that were followed already are passed over.
const followed = new Set()
async function linkInMail() {
  const list = await (await fetch(`${catcherOrigin}/demo/mail`)).text()
  for (const [, n] of list.matchAll(/\/demo\/mail\/(\d+)/g)) {
    const text = await (await fetch(`${catcherOrigin}/demo/mail/${n}?view=text`)).text()
    const found = /https?:\/\/[^\s<"]*(\/rights\/link\/[\w-]+)/.exec(text)
    if (found && !followed.has(found[1])) {
      followed.add(found[1])
      return found[1]
    }
  }
}
async function enter() {
  const opened = await post(await until('the letter with the link', linkInMail))
  assert.equal(opened.status, 303)
  return opened.headers.get('location').split('?')[0]
}
// Says lines to a mail server, each after its answer.
function mail(port, to, message) {
  const lines = ['EHLO test', `MAIL FROM:<${address}>`, `RCPT TO:<${to}>`, 'DATA', `${message}\r\n.`, 'QUIT']
  return new Promise((done, fail) => {
    const answers = []
    const socket = net.connect(port, '127.0.0.1')
    socket.on('data', (bytes) => {
      const answer = bytes.toString().trim().split('\r\n').at(-1)
      answers.push(answer)
      if (/^[45]/.test(answer)) return socket.end(), done(answers)
      if (lines.length > 0) socket.write(`${lines.shift()}\r\n`)
    })
    socket.on('end', () => done(answers))
    socket.on('error', fail)
  })
}

// clause-090.exchange clause-089.round
test('parcels move straight to another Milepost, and say the same there', async () => {
  await post('/rights', { address })
  const mine = await enter()
  assert.ok((await (await fetch(new URL(mine, shop.origin))).text()).includes('/transfer?'))
  const invitation = run(home, 'privacy', 'invite', '--account', String(home.ids.wil))
  assert.match(invitation, /^http:\/\/127\.0\.0\.1:\d+\/rights\/transfer\/[\w-]{32}#[\w-]{43}$/)
  const moved = await post(`${mine}/transfer`, { invitation })
  assert.equal(moved.status, 200, shop.log().split('\n').slice(-5).join('\n'))
  assert.match(await moved.text(), /<pre class="proof">[\w-]+\.[\w-]+\.[\w-]+<\/pre>/)
  const out = run(shop, 'privacy', 'export', '--address', address)
  assert.ok(out.includes(number))
  assert.equal(run(home, 'privacy', 'export', '--address', address), out)
  const again = await post(`${mine}/transfer`, { invitation: invitation.slice(0, -1) + (invitation.endsWith('A') ? 'B' : 'A') })
  assert.match(again.headers.get('location'), /done=unmoved/)
})

// clause-086.recipient
test('a correction reaches the shop’s program with the new value', async () => {
  await post('/rights', { address })
  const mine = await enter()
  const page = await (await fetch(new URL(mine, shop.origin))).text()
  const [, parcel] = /<option value="(\d+\.[0-9a-f]{32})">/.exec(page)
  const done = await post(`${mine}/rectification`, { parcel, field: 'customer_name', value: 'Wilhelmina Zandstra' })
  assert.match(done.headers.get('location'), /done=rectification/)
  const told = await until('the webhook', () => heard.find((message) => message.event === 'subject.rectified'))
  assert.equal(told.data.customer_name, 'Wilhelmina Zandstra')
  assert.equal(told.subject.field, 'customer_name')
})

// clause-095.mail clause-096.both
test('a letter becomes a request when its sender has proved the address; the shop completes it with one call', async () => {
  assert.match((await mail(deskPort, 'ceo@blom.example', 'Subject: x')).at(-1), /^550/)
  const answers = await mail(deskPort, 'privacy@blom.example',
    `From: Wil <${address}>\r\nSubject: Mijn gegevens\r\n\r\nGraag al mijn gegevens wissen.\r\nGroet, Wil`)
  assert.ok(answers.some((answer) => answer.startsWith('250')), answers.join(' | '))
  assert.deepEqual((await own('GET', '/cases')).json.cases, [], 'nobody knows yet who wrote')
  await enter()
  const { json: { cases: [waiting] } } = await own('GET', '/cases')
  assert.equal(waiting.kind, 'erasure')
  assert.equal(waiting.door, 'mail')
  const one = await own('GET', `/cases/${waiting.id}`)
  assert.equal(one.json.address, address)
  assert.match(one.json.words, /wissen/)
  const done = await own('POST', `/cases/${waiting.id}/perform`)
  assert.equal(done.json.outcome, 'done', JSON.stringify(done.json))
  const left = await shop.call('GET', `/v4/trackings/get?tracking_numbers=${number}`, { key: shop.keys.shop })
  assert.deepEqual(left.json.data, [])
  const told = await until('the webhook', () => heard.find((message) => message.event === 'subject.erased'))
  assert.deepEqual(Object.keys(told.data), ['id'])
  assert.equal((await own('POST', `/cases/${waiting.id}/perform`)).status, 409)
})

test('without a key of that scope there is no desk', async () => {
  const asked = (key) => fetch(new URL('/own/rights/cases', shop.origin), { headers: { Authorization: `Bearer ${key}` } })
  assert.equal((await asked('no-key')).status, 401)
  assert.equal((await asked(shop.keys.shop)).status, 403)
})
