// A shop's webhooks from the first call to the thirtieth day: made over HTTP and on the command line, checked by the
// libraries that shops use, and by the contract's own words.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { spawn } from 'node:child_process'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { Milepost, binary, sleep } from '../sdk/server.mjs'

const hmac = (key, message, form = 'hex') => createHmac('sha256', key).update(message).digest(form)

let milepost, receiver, door
const got = []
let status = 200

before(async () => {
  receiver = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (piece) => (body += piece))
    request.on('end', () => {
      got.push({ path: request.url, method: request.method, headers: request.headers, body })
      response.writeHead(status)
      response.end('200')
    })
  })
  await new Promise((done) => receiver.listen(0, '127.0.0.1', done))
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited', other: 'unlimited' },
    config: ['[notify]', 'private_webhooks = true', 'retry_seconds = 1'],
  })
  door = milepost.command('inbound', 'add', '--account', String(milepost.ids.shop), '--connector', 'aftership', '--verify', 'header')
})
after(async () => {
  await milepost?.stop()
  receiver.close()
  receiver.closeAllConnections()
})

const hook = (path) => `http://127.0.0.1:${receiver.address().port}${path}`

async function call(method, path, body, key = milepost.keys.shop) {
  const response = await fetch(milepost.origin + path, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  return { status: response.status, body: await response.json() }
}
const added = async (body) => {
  const answer = await call('POST', '/own/webhooks', body)
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

async function arrives(path, count = 1) {
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(20)) {
    const mine = got.filter((one) => one.path === path)
    if (mine.length >= count) return mine
  }
  assert.fail(`${path} was told ${got.filter((one) => one.path === path).length} times instead of ${count}`)
}

// A parcel's history as the carrier pushes it.
async function moves(number, ...tags) {
  const checkpoints = tags.map((tag, k) => ({ checkpoint_time: `2026-01-02T${String(8 + k).padStart(2, '0')}:00:00+01:00`, city: 'Utrecht', country_region: 'NLD', message: tag, tag, subtag: `${tag}_001`, slug: 'ups' }))
  const response = await fetch(milepost.origin + door.path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${door.secret}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ meta: { code: 200 }, data: { tracking: { tracking_number: number, slug: 'ups', tag: tags.at(-1), subtag: `${tags.at(-1)}_001`, checkpoints } } }),
  })
  assert.equal(response.status, 200)
  return response.json()
}
async function enters(number) {
  const answer = await fetch(`${milepost.origin}/v4/trackings/create`, {
    method: 'POST',
    headers: { 'Tracking-Api-Key': milepost.keys.shop, 'Content-Type': 'application/json' },
    body: JSON.stringify({ tracking_number: number, courier_code: 'ups', customer_name: 'Zoë 山田' }),
  })
  assert.equal(answer.status, 200)
}

test('a change is told, and both libraries accept what proves it', async () => {
  const made = await added({ url: hook('/both') })
  assert.match(made.secret, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(made.standard_secret, 'whsec_' + Buffer.from(made.secret).toString('base64'))
  await enters('1Z999AA10123456784')
  await moves('1Z999AA10123456784', 'InTransit')
  const [one] = await arrives('/both')
  assert.equal(one.method, 'POST')
  assert.equal(one.headers['content-type'], 'application/json')

  const byStandard = new StandardWebhook(made.standard_secret).verify(one.body, one.headers)
  const bySvix = new SvixWebhook(made.standard_secret).verify(one.body, one.headers)
  assert.deepEqual(bySvix, byStandard)
  assert.throws(() => new StandardWebhook(made.standard_secret).verify(one.body + ' ', one.headers))
  assert.throws(() => new SvixWebhook('whsec_' + Buffer.from('another').toString('base64')).verify(one.body, one.headers))

  // TrackingMore's own: over the timestamp alone; and ours over the body.
  const { timestamp, signature } = one.headers
  assert.match(timestamp, /^\d{10}$/)
  assert.equal(signature, hmac(made.secret, timestamp))
  assert.equal(one.headers['x-webhook-signature-256'], `t=${timestamp},v1=${hmac(made.secret, `${timestamp}.${one.body}`)}`)

  // The body: flat, with the tracking object of the v4 API.
  assert.deepEqual(Object.keys(byStandard), ['code', 'message', 'data'])
  assert.equal(byStandard.code, 200)
  const listed = await fetch(`${milepost.origin}/v4/trackings/get?tracking_numbers=1Z999AA10123456784`, { headers: { 'Tracking-Api-Key': milepost.keys.shop } })
  assert.deepEqual(byStandard.data, (await listed.json()).data[0])
  assert.equal(byStandard.data.customer_name, 'Zoë 山田')
  assert.equal(byStandard.data.delivery_status, 'transit')
})

test('only the statuses it was asked for', async () => {
  await added({ url: hook('/delivered'), statuses: ['delivered'] })
  await enters('1Z999AA10123456785')
  await moves('1Z999AA10123456785', 'InTransit')
  await moves('1Z999AA10123456785', 'InTransit', 'Delivered')
  const mine = await arrives('/delivered')
  assert.equal(mine.length, 1)
  assert.equal(JSON.parse(mine[0].body).data.delivery_status, 'delivered')
})

test('versions 3 and 2 have their own words, and their signature in the body', async () => {
  await added({ url: hook('/v3'), version: 'V3' })
  await added({ url: hook('/v2'), version: 'V2' })
  await enters('1Z999AA10123456786')
  await moves('1Z999AA10123456786', 'InTransit')
  const three = JSON.parse((await arrives('/v3'))[0].body)
  const two = JSON.parse((await arrives('/v2'))[0].body)
  for (const { timeStr, signature } of [three.verifyInfo, two.verifyInfo]) assert.equal(signature, hmac('shop@example.com', String(timeStr)))
  assert.equal(three.verify.signature, three.verifyInfo.signature)
  assert.equal(three.data.courier_code, 'ups')
  assert.equal(three.data.archived, false)
  assert.equal(three.data.consignee, 'Zoë 山田')
  assert.match(three.data.lastest_checkpoint_time, /^\d{4}-\d\d-\d\d \d\d:\d\d$/)
  assert.equal(two.meta.code, 200)
  assert.equal(two.data.carrier_code, 'ups')
  assert.equal(two.data.status, 'transit')
  assert.equal(two.data.origin_info.trackinfo[0].checkpoint_status, 'transit')
})

test('two secrets sign while one is changed', async () => {
  const made = await added({ url: hook('/rotated') })
  const fresh = (await call('POST', `/own/webhooks/${made.id}/secret`)).body
  assert.notEqual(fresh.secret, made.secret)
  const tested = await call('POST', `/own/webhooks/${made.id}/test`)
  assert.equal(tested.body.accepted, true)
  const [one] = await arrives('/rotated')
  for (const { standard_secret } of [made, fresh]) new StandardWebhook(standard_secret).verify(one.body, one.headers)
  assert.equal(one.headers.signature, hmac(made.secret, one.headers.timestamp))
  const last = (await call('POST', `/own/webhooks/${made.id}/secret`, { end_old_at_once: true })).body
  await call('POST', `/own/webhooks/${made.id}/test`)
  const two = (await arrives('/rotated', 2))[1]
  new SvixWebhook(last.standard_secret).verify(two.body, two.headers)
  assert.throws(() => new StandardWebhook(fresh.standard_secret).verify(two.body, two.headers))
})

test('a receiver that fails is asked again under the same id, and what it missed is replayed', async () => {
  const made = await added({ url: hook('/flaky') })
  await enters('1Z999AA10123456787')
  status = 500
  await moves('1Z999AA10123456787', 'InTransit')
  await arrives('/flaky', 2)
  const shown = (await call('GET', `/own/webhooks/${made.id}`)).body
  assert.equal(shown.waiting, 1)
  status = 200
  const tries = await arrives('/flaky', 3)
  assert.equal(new Set(tries.map((one) => one.headers['webhook-id'])).size, 1)
  const deliveries = await until(async () => (await call('GET', `/own/webhooks/${made.id}/deliveries`)).body, ({ settled }) => settled.length === 1)
  assert.equal(deliveries.settled[0].id, tries[0].headers['webhook-id'])
  assert.equal(deliveries.settled[0].end, 'delivered')
  assert.ok(deliveries.settled[0].attempts >= 3)
  const replayed = await call('POST', `/own/webhooks/${made.id}/replay`, { ids: [deliveries.settled[0].id] })
  assert.deepEqual(replayed.body, { replayed: 1 })
  const again = (await arrives('/flaky', tries.length + 1)).at(-1)
  assert.equal(again.headers['webhook-id'], tries[0].headers['webhook-id'])
})

async function until(ask, isRight) {
  for (const end = Date.now() + 10_000; ; await sleep(30)) {
    const answer = await ask()
    if (isRight(answer)) return answer
    assert.ok(Date.now() < end, JSON.stringify(answer))
  }
}

test('paused, it keeps what comes and gets it when it is resumed', async () => {
  const made = await added({ url: hook('/paused') })
  await call('POST', `/own/webhooks/${made.id}/pause`)
  await enters('1Z999AA10123456788')
  await moves('1Z999AA10123456788', 'InTransit')
  await moves('1Z999AA10123456788', 'InTransit', 'OutForDelivery')
  await until(async () => (await call('GET', `/own/webhooks/${made.id}`)).body, ({ waiting, state }) => waiting === 2 && state === 'disabled')
  assert.equal(got.filter((one) => one.path === '/paused').length, 0)
  await call('POST', `/own/webhooks/${made.id}/resume`)
  const mine = await arrives('/paused', 2)
  assert.deepEqual(mine.map((one) => one.headers['webhook-id'].slice(4, 16)), mine.map((one) => one.headers['webhook-id'].slice(4, 16)).sort())
})

test('what is wrong is said, and nobody reaches another account', async () => {
  const refused = async (body, code, words) => {
    const answer = await call('POST', '/own/webhooks', body)
    assert.equal(answer.status, code, JSON.stringify(answer.body))
    assert.match(answer.body.error.message, words)
  }
  await refused({}, 422, /whole http/)
  await refused({ url: 'ftp://shop.example/' }, 422, /whole http/)
  await refused({ url: 'https://user:secret@shop.example/' }, 422, /whole http/)
  await refused({ url: hook('/x'), statuses: ['pending'] }, 422, /inforeceived/)
  await refused({ url: hook('/x'), version: 'V5' }, 422, /4, 3 or 2/)
  await refused({ url: hook('/x'), colour: 'red' }, 422, /no "colour"/)
  const made = await added({ url: hook('/mine') })
  for (const [method, path] of [['GET', ''], ['PUT', ''], ['DELETE', ''], ['POST', '/test'], ['POST', '/secret'], ['POST', '/pause']]) {
    assert.equal((await call(method, `/own/webhooks/${made.id}${path}`, method === 'GET' ? undefined : {}, milepost.keys.other)).status, 404, method + path)
  }
  assert.equal((await call('GET', '/own/webhooks', undefined, 'wrong')).status, 401)
  assert.equal((await call('DELETE', `/own/webhooks/${made.id}`)).status, 200)
  assert.equal((await call('GET', `/own/webhooks/${made.id}`)).status, 404)
})

test('the command line shows and does the same', async () => {
  const account = String(milepost.ids.shop)
  // Not in one step: the receiver lives in this process.
  const run = (...words) =>
    new Promise((done) => {
      const child = spawn(binary, ['webhook', ...words, '--account', account, ...milepost.place])
      let stdout = ''
      let stderr = ''
      child.stdout.on('data', (piece) => (stdout += piece))
      child.stderr.on('data', (piece) => (stderr += piece))
      child.on('close', (status) => done({ status, stdout, stderr }))
    })
  const made = JSON.parse((await run('add', '--url', hook('/cli'), '--statuses', 'delivered,exception', '--json')).stdout)
  assert.deepEqual(made.statuses, ['delivered', 'exception'])
  const table = (await run('list')).stdout
  assert.match(table, /WEBHOOK +URL/)
  assert.match(table, new RegExp(`${hook('/cli')} +V4 +delivered,exception +active`))
  const tested = await run('test', '--webhook', String(made.id))
  assert.equal(tested.status, 0, tested.stderr)
  assert.match(tested.stdout, /accepted: http 200 after \d+ ms \(msg_[0-9a-f]{32}\)/)
  const [one] = await arrives('/cli')
  new StandardWebhook(made.standard_secret).verify(one.body, one.headers)
  assert.match((await run('deliveries')).stdout, /delivered +http 200/)
  assert.match((await run('dead')).stdout, /No dead letters/)
  assert.match((await run('replay')).stdout, /Nothing of that kind/)
  assert.match((await run('rotate', '--webhook', String(made.id))).stdout, /whsec_/)
  assert.match((await run('pause', '--webhook', String(made.id))).stdout, /kept for 30 days/)
  assert.match((await run('list')).stdout, /off: by hand/)
  assert.match((await run('resume', '--webhook', String(made.id))).stdout, /sent now/)
  assert.match((await run('remove', '--webhook', String(made.id))).stdout, /Removed/)
  assert.equal((await run('test', '--webhook', String(made.id))).status, 1)
  assert.equal((await run('add', '--url', 'http://u:p@x/')).status, 1)
  assert.equal((await run('add', '--url', hook('/'), '--statuses', 'lost')).status, 2)
})
