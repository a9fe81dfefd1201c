// A parcel's journey by every chat, by the house's broker and by SMS, out of the running program: each peer speaks as the
// real one does, hears each change once and in order, in the language that was said for it; who answers STOP is told nothing
// more, and a room that was switched off for a trigger is not told of it. Started by run.sh.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createBroker } from 'node:net'
import { after, before, test } from 'node:test'
import aedes from 'aedes'
import mqtt from 'mqtt'
import { Milepost } from '../sdk/server.mjs'

const number = '1Z999AA10123456784', phone = '+31612345678'
const account = 'AC0123456789abcdef0123456789abcdef', token = 'a-twilio-token', bot = '123456:ABC-DEF'
const heard = { slack: [], discord: [], telegram: [], sms: [] }
const broker = aedes()
let peer, wire, milepost, door, house, told

const pause = (ms) => new Promise((done) => setTimeout(done, ms))
async function until(what, look, milliseconds = 15_000) {
  for (const end = Date.now() + milliseconds; Date.now() < end; await pause(50)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not within ${milliseconds / 1000} s: ${what}\n${JSON.stringify(heard)}\n${milepost.log().split('\n').slice(-20).join('\n')}`)
}

// What each service answers, by the address that it is asked at.
function answer(request, body) {
  const url = new URL(request.url, 'http://peer')
  if (url.pathname.startsWith('/services/T1/B1/')) {
    heard.slack.push(JSON.parse(body).text)
    return [200, 'ok']
  }
  if (url.pathname.startsWith('/api/webhooks/42/')) {
    heard.discord.push(JSON.parse(body).content)
    return url.searchParams.get('wait') === 'true' ? [200, '{"id": "7"}'] : [204, '']
  }
  if (url.pathname === `/bot${bot}/sendMessage`) {
    const said = JSON.parse(body)
    assert.equal(String(said.chat_id), '-1001234')
    heard.telegram.push(said.text)
    return [200, '{"ok": true, "result": {"message_id": 9}}']
  }
  if (url.pathname === `/2010-04-01/Accounts/${account}/Messages.json`) {
    assert.equal(request.headers.authorization, `Basic ${Buffer.from(`${account}:${token}`).toString('base64')}`)
    const form = new URLSearchParams(body)
    assert.equal(form.get('To'), phone)
    heard.sms.push({ text: form.get('Body'), report: form.get('StatusCallback') })
    return [201, `{"sid": "SM${heard.sms.length}", "status": "queued", "error_code": null}`]
  }
  return [404, '{}']
}

before(async () => {
  peer = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece) => (body += piece)).on('end', () => {
      const [status, text] = answer(request, body)
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(text)
    })
  })
  await new Promise((done) => peer.listen(0, '127.0.0.1', done))
  wire = createBroker(broker.handle)
  await new Promise((done) => wire.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${peer.address().port}`
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited' },
    config: (port) => [
      `public_url = "http://localhost:${port}"`,
      '[chat]', 'private_addresses = true', `telegram_token = "${bot}"`, `telegram_gateway = "${base}"`,
      '[home_assistant]', `broker = "mqtt://127.0.0.1:${wire.address().port}"`,
      '[sms]', 'provider = "twilio"', `account = "${account}"`, `secret = "${token}"`, 'from = "+31201234567"', `gateway = "${base}"`,
      'prices = "NL=0.0793"', 'cap_per_day = "1"',
    ],
  })
  door = milepost.command('inbound', 'add', '--account', String(milepost.ids.shop), '--connector', 'aftership', '--verify', 'header')
  house = await mqtt.connectAsync(`mqtt://127.0.0.1:${wire.address().port}`)
  told = []
  house.on('message', (topic, payload) => told.push([topic, JSON.parse(payload)]))
  await house.subscribeAsync({ 'homeassistant/#': { qos: 1 }, 'milepost/#': { qos: 1 } })
  for (const room of [
    { channel: 'slack', address: `${base}/services/T1/B1/secret` },
    { channel: 'discord', address: `${base}/api/webhooks/42/secret` },
    { channel: 'telegram', address: '-1001234', language: 'de' },
    { channel: 'home_assistant', address: 'home' },
  ]) {
    const made = await own('POST', '/rooms', room)
    assert.equal(made.status, 201, made.text)
  }
})
after(async () => {
  await house?.endAsync()
  await milepost?.stop()
  await new Promise((done) => broker.close(done))
  wire?.close()
  peer?.close()
  peer?.closeAllConnections()
})

const own = (method, target, body) => milepost.call(method, `/own${target}`, { key: milepost.keys.shop, body })
const checkpoints = []
async function happens(tag, subtag) {
  const at = new Date(Date.now() - 1800_000 + checkpoints.length * 60_000).toISOString().slice(0, 19) + '+00:00'
  checkpoints.push({ checkpoint_time: at, city: 'Utrecht', country_region: 'NLD', message: tag, tag, subtag, slug: 'ups' })
  const taken = await milepost.call('POST', door.path, {
    headers: { Authorization: `Bearer ${door.secret}` },
    body: { meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag, subtag, checkpoints } } },
  })
  assert.equal(taken.status, 200)
}
const news = () => told.filter(([topic]) => topic === 'milepost/home/news')

test('each way hears the parcel’s change, once', async () => {
  const on = { in_transit: 'on', out_for_delivery: 'on', delivered: 'on' }
  const said = await own('PUT', '/messages/settings', { matrix: { slack: on, discord: { ...on, out_for_delivery: 'off' }, telegram: on, home_assistant: on, sms: on } })
  assert.equal(said.status, 200, said.text)
  const made = await milepost.call('POST', '/v4/trackings/create', {
    key: milepost.keys.shop,
    body: { tracking_number: number, courier_code: 'ups', title: 'Bureaulamp', destination_country: 'NL', customer_name: 'Ann', customer_sms: phone, language: 'nl' },
  })
  assert.equal(made.status, 200, made.text)
  await happens('InTransit', 'InTransit_003')
  await until('the first news on every way', () => heard.slack.length && heard.discord.length && heard.telegram.length && heard.sms.length && news().length)
  assert.match(heard.slack[0], /Bureaulamp/)
  assert.match(heard.discord[0], /Bureaulamp/)
  assert.match(heard.telegram[0], /Bureaulamp/)
  assert.match(heard.telegram[0], /Paket|Sendung|unterwegs/, 'German, as was said for this room')
  assert.match(heard.sms[0].text, /pakket|onderweg/i, 'Dutch, as was said for this parcel')
  assert.ok(told.some(([topic]) => topic.startsWith('homeassistant/')), 'Home Assistant is told what to show')
})

test('the next ones come in order, and not where they are switched off', async () => {
  await happens('OutForDelivery', 'OutForDelivery_001')
  await until('the second news', () => heard.slack.length === 2 && heard.telegram.length === 2 && heard.sms.length === 2)
  assert.equal(heard.discord.length, 1, 'switched off for this')
})

test('whoever answers STOP is told nothing more by SMS, and what nobody signed counts for nothing', async () => {
  const url = `http://localhost:${milepost.port}/sms/callback`
  const fields = { AccountSid: account, Body: 'STOP', From: phone, MessageSid: 'SM99', SmsStatus: 'received', To: '+31201234567' }
  const signed = createHmac('sha1', token).update(url + Object.keys(fields).sort().map((name) => name + fields[name]).join('')).digest('base64')
  const reply = (signature) => fetch(url.replace('localhost', '127.0.0.1'), {
    method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature }, body: new URLSearchParams(fields),
  })
  assert.equal((await reply('bm9ib2R5')).status, 403)
  assert.equal((await reply(signed)).status, 200)
  await happens('Delivered', 'Delivered_001')
  await until('the last news', () => heard.slack.length === 3 && heard.discord.length === 2 && heard.telegram.length === 3)
  const spent = await own('GET', '/messages/spent')
  assert.equal(spent.status, 200)
  assert.equal(heard.sms.length, 2, 'after STOP')
  await until('the last news at home', () => news().length === 3)
  assert.equal(new Set(news().map(([, said]) => JSON.stringify(said))).size, 3)
  for (const way of ['slack', 'discord', 'telegram']) assert.equal(new Set(heard[way]).size, heard[way].length, `${way}: each once`)
})
