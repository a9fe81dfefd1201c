// What the vendor's clients in other languages put on the wire, and what they need back. Each case was measured with
// the real client; here it is sent byte for byte, so that no other language has to be installed.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Milepost, sleep } from './server.mjs'
import {
  batch, courier, errorAnswer, everyReader, golden, okAnswer, readers, someError, succeeded, success, tracking, updated, waybill,
} from './schema.mjs'

let milepost
before(async () => {
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited', other: 'unlimited', filters: 'unlimited', many: 'unlimited', ordinary: 'basic', quick: 'basic' },
  })
})
after(() => milepost?.stop())

let serial = 200000
const number = () => `9400111899562537${serial++}`
const parcel = (more = {}) => ({ tracking_number: number(), courier_code: 'usps', ...more })
const ask = (method, target, { as = 'shop', ...more } = {}) => milepost.call(method, target, { key: milepost.keys[as], ...more })
const get = (query = '', as = 'shop') => ask('GET', `/v4/trackings/get${query}`, { as })
const list = async (query, as) => {
  const answer = await get(query, as)
  const items = okAnswer(answer, [tracking])
  everyReader(answer.json, 'list')
  return items
}
const create = async (body, as) => {
  const answer = await ask('POST', '/v4/trackings/create', { body, as })
  const made = okAnswer(answer, tracking)
  everyReader(answer.json, 'object')
  return made
}
const byNumber = async (tracking_number, as) => (await list(`?tracking_numbers=${encodeURIComponent(tracking_number)}`, as))[0]

// The fields of a create, in the order in which the compiled clients write them.
const optional = `order_number destination_country_iso2 origin_country_iso2 tracking_postal_code tracking_ship_date
  tracking_courier_account tracking_key tracking_origin_country tracking_destination_country customer_name customer_email
  customer_sms recipient_postcode title logistics_channel note label language order_id order_date auto_correct`.split(/\s+/)
const all = (value) => Object.fromEntries(optional.map((name) => [name, value]))

describe('the readers of this test', () => {
  test('accept the golden object', () => everyReader({ meta: success, data: golden }, 'object'))
  test('refuse what broke a real client', () => {
    const broken = [
      ['java', { meta: { ...success, type: 'Success' }, data: null }],
      ['java', { meta: success, data: null, more: 1 }],
      ['java', { meta: success, data: [] }],
      ['go', { meta: success, data: [] }],
      ['go', { meta: success, data: { ...golden, archived: false } }],
      ['go', { meta: success, data: { ...golden, pieces: 1 } }],
      ['go', { meta: success, data: { ...golden, origin_info: [] } }],
      ['net', { meta: success, data: { ...golden, updating: null } }],
      ['net', { meta: success, data: { ...golden, transit_time: null } }],
    ]
    for (const [reader, body] of broken) assert.throws(() => readers[reader](body, 'object'), reader)
    assert.throws(() => succeeded({ meta: success, data: { ...golden, extra: 1 } }, tracking))
    assert.throws(() => succeeded({ meta: success, data: { ...golden, title: '' } }, tracking))
  })
})

describe('slashes', () => {
  test('one, two or many (node, python, php)', async () => {
    for (const target of ['/v4//trackings/get', '/v4/trackings//get', '/v4/trackings///get', '//v4/trackings////get', '/v4/trackings/get/'])
      okAnswer(await ask('GET', target), [tracking])
    okAnswer(await ask('POST', '/v4//awb', { body: { awb_number: '235-69030430' } }), waybill)
    const { id } = await create(parcel())
    okAnswer(await ask('PUT', `/v4/trackings//update//${id}`, { body: { title: 't' } }), updated)
  })
})

describe('dates', () => {
  test('a raw plus, an escaped one, a space', async () => {
    await create(parcel())
    const all = await list()
    for (const plus of ['+', '%2B', '%2b', '%20']) {
      const zone = `${plus}08:00`
      assert.equal((await list(`?created_date_min=2023-08-23T14:00:00${zone}`)).length, all.length, plus)
      assert.deepEqual(await list(`?created_date_max=2023-08-23T14:00:00${zone}`), [], plus)
      assert.deepEqual(await list(`?updated_date_max=2023-08-23T14:00:00${zone}`), [], plus)
      assert.equal((await list(`?updated_date_min=2023-08-23T14:00:00${zone}`)).length, all.length, plus)
    }
    for (const form of ['2023-08-23T14:00:00Z', '2023-08-23T14:00:00-05:00', '2023-08-23T14%3A00%3A00%2B00%3A00'])
      assert.equal((await list(`?created_date_min=${form}`)).length, all.length, form)
  })
  test('both ends count, to the second that the answer shows', async () => {
    const { id, created_at, update_at } = await create(parcel())
    const zone = created_at.replace('+', '%2B')
    assert.ok((await list(`?created_date_min=${zone}&created_date_max=${zone}`)).some((item) => item.id === id))
    const touched = update_at.replace('+', '%2B')
    assert.ok((await list(`?updated_date_min=${touched}&updated_date_max=${touched}`)).some((item) => item.id === id))
  })
  test('what is no date says so', async () => {
    for (const name of ['created_date_min', 'created_date_max', 'updated_date_min', 'updated_date_max'])
      someError(await get(`?${name}=yesterday`), { allow: [400, 4130] })
  })
})

describe('queries', () => {
  test('none, an empty one, empty values (java, php, go)', async () => {
    const expected = (await list()).map((item) => item.id)
    for (const query of ['?', '?&', '?tracking_numbers=&courier_code=&delivery_status=&archived_status=&lang=',
      '?created_date_min=&created_date_max=&updated_date_min=&updated_date_max=&pages_amount=&items_amount='])
      assert.deepEqual((await list(query)).map((item) => item.id), expected, query)
  })
})

describe('what is not given', () => {
  test('go sends "" for every field', async () => {
    const sent = { ...all(''), ...parcel() }
    const made = await create(sent)
    for (const name of Object.keys(made)) if (optional.includes(name)) assert.equal(made[name], null, name)
  })
  test('java sends null for every field', async () => {
    const sent = { ...all(null), ...parcel() }
    const made = await create(sent)
    for (const name of Object.keys(made)) if (optional.includes(name)) assert.equal(made[name], null, name)
  })
  test('an empty or null value of an update leaves the field as it is', async () => {
    const full = { title: 'Lamp', note: 'Ring', customer_name: 'Jo', customer_email: 'jo@example.com', label: '1', order_number: '7' }
    const { id, tracking_number } = await create(parcel(full))
    const nothing = { courier_code_new: '', archived_status: '', ...all('') }
    delete nothing.auto_correct
    for (const body of [nothing, Object.fromEntries(Object.keys(nothing).map((name) => [name, null])), {}]) {
      const answer = await ask('PUT', `/v4/trackings/update/${id}`, { body })
      const result = okAnswer(answer, updated)
      everyReader(answer.json, 'object')
      for (const [name, value] of Object.entries(full)) assert.equal(result[name], value, name)
    }
    const now = await byNumber(tracking_number)
    for (const [name, value] of Object.entries(full)) assert.equal(now[name], value, name)
    assert.equal(now.archived, 'tracking')
  })
})

describe('bodies and headers', () => {
  const head = (method, target, lines = []) =>
    [`${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${milepost.port}`, `Tracking-Api-Key: ${milepost.keys.shop}`, ...lines, '', ''].join('\r\n')
  const json = ['Content-Type: application/json', 'Accept: application/json']

  test('java: POST without length or encoding is an empty body, answered at once', async () => {
    const { id } = await create(parcel())
    const wire = await milepost.connect()
    for (let i = 0; i < 3; i++) {
      wire.send(head('POST', `/v4/trackings/retrack/${id}`, [...json, 'User-Agent: Java/17.0.1', 'Connection: keep-alive']))
      errorAnswer(await wire.response(2000), 4113)
    }
    wire.close()
  })
  test('php: chunked, Expect: 100-continue and no data', async () => {
    const { id } = await create(parcel())
    const wire = await milepost.connect()
    for (let i = 0; i < 2; i++) {
      wire.send(head('POST', `/v4/trackings/retrack/${id}`, [...json, 'Transfer-Encoding: chunked', 'Expect: 100-continue']))
      // curl waits one second for this before it goes on by itself.
      assert.equal((await wire.response(900)).status, 100)
      wire.send('0\r\n\r\n')
      errorAnswer(await wire.response(2000), 4113)
    }
    wire.close()
  })
  test('a chunked body in crumbs', async () => {
    const body = JSON.stringify(parcel({ title: 'in pieces' }))
    const wire = await milepost.connect()
    wire.send(head('POST', '/v4/trackings/create', [...json, 'Transfer-Encoding: chunked']))
    for (const piece of body.match(/.{1,7}/gs)) wire.send(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
    wire.send('0\r\n\r\n')
    assert.equal(okAnswer(await wire.response(), tracking).title, 'in pieces')
    wire.close()
  })
  test('.net: a charset in the content type, and none at all without a body', async () => {
    const body = JSON.stringify(parcel({ customer_name: 'Zoë' }))
    const wire = await milepost.connect()
    wire.send(head('POST', '/v4/trackings/create', ['Content-Type: application/json; charset=utf-8', `Content-Length: ${Buffer.byteLength(body)}`]) + body)
    assert.equal(okAnswer(await wire.response(), tracking).customer_name, 'Zoë')
    wire.send(head('GET', '/v4/trackings/get?items_amount=1'))
    okAnswer(await wire.response(), [tracking])
    wire.close()
  })
  test('ruby: Connection: close gets its whole answer and then the end', async () => {
    const wire = await milepost.connect()
    wire.send(head('GET', '/v4/couriers/all', [...json, 'Connection: close']))
    okAnswer(await wire.response(), [courier])
    assert.ok(await wire.isClosedWithin(2000), 'the server keeps the connection open')
  })
  test('python: escaped and indented JSON', async () => {
    const sent = parcel({ customer_name: '王 \u{1F600}', title: 'é' })
    const ascii = JSON.stringify(sent, null, 4).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
    const made = await create(ascii)
    assert.equal(made.customer_name, sent.customer_name)
    assert.equal(made.title, sent.title)
  })
  test('empty bodies that claim to be JSON', async () => {
    const { id } = await create(parcel())
    const wire = await milepost.connect()
    wire.send(head('GET', '/v4/trackings/get', [...json, 'Content-Length: 0']))
    okAnswer(await wire.response(), [tracking])
    wire.send(head('POST', `/v4/trackings/retrack/${id}`, [...json, 'Content-Length: 0']))
    errorAnswer(await wire.response(), 4113)
    wire.send(head('DELETE', `/v4/trackings/delete/${id}`, json))
    okAnswer(await wire.response(), { id: 's', tracking_number: 's', courier_code: 's' })
    wire.close()
  })
  test('requests in one go are answered in order', async () => {
    const wire = await milepost.connect()
    const targets = ['/v4/couriers/all', '/v4/nowhere', '/v4/trackings/get', '/v4/nowhere/either']
    wire.send(targets.map((target) => head('GET', target, json)).join(''))
    const heard = []
    for (const _ of targets) heard.push((await wire.response()).status)
    assert.deepEqual(heard, [200, 404, 200, 404])
    wire.close()
  })
  test('a batch of forty full items fits', async () => {
    const body = Array.from({ length: 40 }, () => parcel(Object.fromEntries(optional.map((name) => [name, name.includes('country') ? 'US' : name.includes('date') ? '20231020' : 'x'.repeat(60)]))))
    for (const item of body) Object.assign(item, { auto_correct: '1', language: 'en', order_date: '2023-10-20 16:51', customer_email: 'jo@example.com', customer_sms: '+15551234567' })
    const answer = await ask('POST', '/v4/trackings/batch', { body: JSON.stringify(body, null, 8) })
    assert.equal(okAnswer(answer, batch).success.length, 40)
  })
  test('any case of the header that carries the key', async () => {
    for (const name of ['tracking-api-key', 'TRACKING-API-KEY'])
      okAnswer(await milepost.call('GET', '/v4/trackings/get', { headers: { [name]: milepost.keys.shop } }), [tracking])
  })
  test('no key, an empty one, a wrong one (401)', async () => {
    for (const headers of [{}, { 'Tracking-Api-Key': '' }, { 'Tracking-Api-Key': 'x' }, { 'Tracking-Api-Key': milepost.keys.shop.slice(0, -1) }])
      errorAnswer(await milepost.call('GET', '/v4/trackings/get', { headers }), 401)
  })
})

describe('filters', () => {
  const made = []
  before(async () => {
    for (const more of [
      { courier_code: 'usps', order_number: 'A-1' }, { courier_code: 'usps', order_number: 'A-2' }, { courier_code: 'usps' },
      { courier_code: 'ups', order_number: 'A-1' }, { courier_code: 'ups' }, { courier_code: 'dhl' },
    ]) made.push(await create(parcel(more), 'filters'))
  })
  const ids = async (query) => (await list(query, 'filters')).map((item) => item.id).sort()
  const those = (...at) => at.map((index) => made[index].id).sort()

  test('numbers', async () => {
    const [a, b] = [made[0].tracking_number, made[5].tracking_number]
    assert.deepEqual(await ids(`?tracking_numbers=${a}`), those(0))
    assert.deepEqual(await ids(`?tracking_numbers=${a},${b}`), those(0, 5))
    assert.deepEqual(await ids(`?tracking_numbers=${a}%2C%20${b},`), those(0, 5))
    assert.deepEqual(await ids(`?tracking_numbers=${a},${number()}`), those(0))
  })
  test('a number that was never created: nothing, or 4102', async () => {
    const answer = await get(`?tracking_numbers=${number()}`, 'filters')
    if (answer.status === 200) assert.deepEqual(okAnswer(answer, [tracking]), [])
    else errorAnswer(answer, 4102)
  })
  test('couriers, one or several, in any case', async () => {
    assert.deepEqual(await ids('?courier_code=usps'), those(0, 1, 2))
    assert.deepEqual(await ids('?courier_code=UPS'), those(3, 4))
    assert.deepEqual(await ids('?courier_code=usps,ups'), those(0, 1, 2, 3, 4))
    assert.deepEqual(await ids('?courier_code=fedex'), [])
    assert.deepEqual(await ids(`?courier_code=ups&tracking_numbers=${made[0].tracking_number},${made[3].tracking_number}`), those(3))
  })
  test('status, one or several', async () => {
    assert.equal((await ids('?delivery_status=pending')).length, 6)
    assert.equal((await ids('?delivery_status=transit,pending')).length, 6)
    for (const status of ['notfound', 'inforeceived', 'transit', 'pickup', 'undelivered', 'delivered', 'exception', 'expired'])
      assert.deepEqual(await ids(`?delivery_status=${status}`), [], status)
  })
  test('order number', async () => {
    assert.deepEqual(await ids('?order_number=A-1'), those(0, 3))
    assert.deepEqual(await ids('?order_number=A-9'), [])
  })
  test('archived or not', async () => {
    okAnswer(await ask('PUT', `/v4/trackings/update/${made[2].id}`, { as: 'filters', body: { archived_status: 'archived' } }), updated)
    for (const word of ['archived', 'true', '1']) assert.deepEqual(await ids(`?archived_status=${word}`), those(2), word)
    for (const word of ['tracking', 'false', '0']) assert.deepEqual(await ids(`?archived_status=${word}`), those(0, 1, 3, 4, 5), word)
    assert.equal((await list('?archived_status=archived', 'filters'))[0].archived, 'archived')
    okAnswer(await ask('PUT', `/v4/trackings/update/${made[2].id}`, { as: 'filters', body: { archived_status: 'tracking' } }), updated)
  })
  test('language is accepted', async () => assert.equal((await ids('?lang=cn')).length, 6))
  test('pages', async () => {
    const pages = []
    for (let page = 1; page <= 4; page++) pages.push((await list(`?items_amount=2&pages_amount=${page}`, 'filters')).map((item) => item.id))
    assert.deepEqual(pages.map((page) => page.length), [2, 2, 2, 0])
    assert.deepEqual(pages.flat(), made.map((item) => item.id).reverse())
    assert.deepEqual((await list('?limit=2&page=2', 'filters')).map((item) => item.id), pages[1])
    assert.equal((await ids('?pages_amount=0&items_amount=0')).length, 6)
  })
  test('a page holds a hundred, two hundred at most', async () => {
    for (let i = 0; i < 6; i++)
      okAnswer(await ask('POST', '/v4/trackings/batch', { as: 'many', body: Array.from({ length: 40 }, () => parcel()) }), batch)
    assert.equal((await list('', 'many')).length, 100)
    assert.equal((await list('?items_amount=150', 'many')).length, 150)
    assert.equal((await list('?items_amount=5000', 'many')).length, 200)
    const rest = await list('?items_amount=200&pages_amount=2', 'many')
    assert.equal(rest.length, 40)
  })
  test('nobody sees another account', async () => {
    const { id, tracking_number, courier_code } = made[0]
    assert.deepEqual(await list(`?tracking_numbers=${tracking_number}`, 'other'), [])
    errorAnswer(await ask('DELETE', `/v4/trackings/delete/${id}`, { as: 'other' }), 4112)
    errorAnswer(await ask('PUT', `/v4/trackings/update/${id}`, { as: 'other', body: { title: 'mine' } }), 4112)
    await create({ tracking_number, courier_code }, 'other')
  })
})

describe('batch', () => {
  test('forty-one items (4103), and nothing is created', async () => {
    const body = Array.from({ length: 41 }, () => parcel())
    errorAnswer(await ask('POST', '/v4/trackings/batch', { body }), 4103)
    assert.equal(await byNumber(body[0].tracking_number), undefined)
  })
  test('every item wrong is still an answer', async () => {
    const answer = await ask('POST', '/v4/trackings/batch', { body: [parcel({ courier_code: 'zzz-none' }), { courier_code: 'usps' }] })
    const result = okAnswer(answer, batch)
    everyReader(answer.json, 'object')
    assert.deepEqual(result.success, [])
    assert.deepEqual(result.error.map((item) => item.errorCode), [4120, 4111])
    for (const item of result.error) assert.equal(item.id, '')
  })
  test('a number written in two ways is one number', async () => {
    const result = okAnswer(await ask('POST', '/v4/trackings/batch', {
      body: [parcel({ tracking_number: 'raw-batch-1' }), parcel({ tracking_number: ' RAW-BATCH-1 ', courier_code: 'USPS' })],
    }), batch)
    assert.equal(result.success.length, 1)
    assert.equal(result.error[0].errorCode, 4101)
    assert.equal(result.error[0].id, result.success[0].id)
  })
})

describe('same number, twenty at once', () => {
  test('one wins, the others hear that it exists', async () => {
    const body = parcel()
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('POST', '/v4/trackings/create', { body })))
    assert.equal(answers.filter((answer) => answer.status === 200).length, 1)
    for (const answer of answers) if (answer.status !== 200) errorAnswer(answer, 4101)
  })
})

describe('rate limits of an ordinary plan', () => {
  test('ten reads a second, then 429 with the envelope and a hint', async () => {
    const answers = await Promise.all(Array.from({ length: 14 }, () => get('', 'ordinary')))
    const refused = answers.filter((answer) => answer.status === 429)
    assert.ok(refused.length >= 1 && refused.length <= 6, `${refused.length} of 14 refused`)
    for (const answer of refused) {
      errorAnswer(answer, 429)
      assert.match(answer.headers['retry-after'] ?? '', /^\d+$/)
    }
    // Each endpoint counts for itself.
    okAnswer(await ask('GET', '/v4/couriers/all', { as: 'ordinary' }), [courier])
    await sleep(1100)
    okAnswer(await get('', 'ordinary'), [tracking])
  })
  test('three creates a second', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask('POST', '/v4/trackings/create', { as: 'quick', body: parcel() })))
    assert.equal(answers.filter((answer) => answer.status === 200).length, 3)
    for (const answer of answers) if (answer.status !== 200) errorAnswer(answer, 429)
  })
  test('a plan without limits has none', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => get('?items_amount=1')))
    for (const answer of answers) okAnswer(answer, [tracking])
  })
})

describe('beside the API', () => {
  test('health, readiness and figures', async () => {
    assert.equal((await milepost.call('GET', '/healthz')).status, 200)
    assert.equal((await milepost.call('GET', '/readyz')).status, 200)
    const figures = await milepost.call('GET', '/metrics')
    assert.equal(figures.status, 200)
    assert.match(figures.text, /^# TYPE /m)
    for (const key of Object.values(milepost.keys)) assert.ok(!figures.text.includes(key))
  })
})
