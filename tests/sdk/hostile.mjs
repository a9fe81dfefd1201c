// Input that nobody should send. Whatever it is: an error of the contract, in its envelope, in time; never a 5xx, never
// a dead connection without an answer, and the next ordinary request is served as if nothing had been.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { Milepost, patience } from './server.mjs'
import { batch, errorAnswer, isEnvelope, okAnswer, someError, tracking } from './schema.mjs'

let milepost
before(async () => {
  milepost = await Milepost.start({ accounts: { shop: 'unlimited' } })
})
after(() => milepost?.stop())
afterEach(async () => {
  okAnswer(await ask('GET', '/v4/trackings/get?items_amount=1'), [tracking])
})

let serial = 300000
const number = () => `9400111899562537${serial++}`
const parcel = (more = {}) => ({ tracking_number: number(), courier_code: 'usps', ...more })
const ask = (method, target, more = {}) => milepost.call(method, target, { key: milepost.keys.shop, ...more })
const id = '9a73b452e03c2c724414f3859fad1c2c'
const bodied = [
  ['POST', '/v4/couriers/detect'],
  ['POST', '/v4/trackings/create'],
  ['POST', '/v4/trackings/batch'],
  ['PUT', `/v4/trackings/update/${id}`],
  ['POST', '/v4/awb'],
]
// Either it was understood, and the answer is a whole one, or it was refused in the contract's way.
function inContract(answer) {
  assert.ok(answer.status < 500, `HTTP ${answer.status}: ${answer.text.slice(0, 200)}`)
  assert.ok(answer.json, `not JSON: ${answer.status} ${answer.text.slice(0, 200)}`)
  isEnvelope(answer.json)
  if (answer.status !== 200) someError(answer, { allow: [400, 401, 404, 408, 413, 414, 429, 431, 4101, 4102, 4103, 4110, 4111, 4112, 4113, 4120, 4121, 4122, 4130, 4160, 4161] })
}

describe('bodies that are not JSON', () => {
  const bodies = {
    'a word': 'hello',
    'nothing but a brace': '{',
    'cut off': '{"tracking_number":"94001118',
    'a comma too many': '{"tracking_number":"1","courier_code":"usps",}',
    'single quotes': "{'tracking_number':'1'}",
    'something after the end': '{"tracking_number":"1","courier_code":"usps"} x',
    'two documents': '{"tracking_number":"1"}{"tracking_number":"2"}',
    'a form': 'tracking_number=1&courier_code=usps',
    'XML': '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    'NaN': '{"tracking_number":NaN}',
    'a bare control character': '{"tracking_number":"a\u0001b","courier_code":"usps"}',
    'a lone surrogate escape': '{"tracking_number":"1","courier_code":"usps","title":"\\ud800"}',
    'a wrong escape': '{"tracking_number":"\\x41","courier_code":"usps"}',
    'a leading zero': '{"tracking_number":007,"courier_code":"usps"}',
    'only spaces': '     ',
    'only a byte order mark': '\ufeff',
    'UTF-16': Buffer.from('{"tracking_number":"1"}', 'utf16le'),
    'gzip': Buffer.from('1f8b0800000000000003', 'hex'),
    'zero bytes': Buffer.alloc(64),
    'random bytes': Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7919) % 256)),
    'invalid UTF-8': Buffer.concat([Buffer.from('{"tracking_number":"'), Buffer.from('c328ff', 'hex'), Buffer.from('","courier_code":"usps"}')]),
    'overlong UTF-8': Buffer.concat([Buffer.from('{"tracking_number":"1","courier_code":"usps","title":"'), Buffer.from('c0af', 'hex'), Buffer.from('"}')]),
  }
  for (const [name, body] of Object.entries(bodies))
    test(name, async () => {
      for (const [method, target] of bodied) {
        const answer = await ask(method, target, { body })
        someError(answer, { allow: [400, 4111, 4112, 4160, 4130, 4110] })
      }
      errorAnswer(await ask('POST', '/v4/trackings/create', { body }), 400)
    })
  test('no body at all', async () => {
    for (const [method, target] of bodied) someError(await ask(method, target), { allow: [400, 4111, 4112, 4120, 4160] })
  })
})

describe('JSON of the wrong shape', () => {
  test('not an object, not a list', async () => {
    for (const [method, target] of bodied)
      for (const body of ['null', 'true', '7', '"text"', '1e999', '[[]]', '[null]', '[1,2]', '["x"]'])
        inContract(await ask(method, target, { body }))
    for (const body of ['null', 'true', '7', '"text"', '[]', '{}'])
      someError(await ask('POST', '/v4/trackings/create', { body }), { allow: [400, 4111] })
    for (const body of ['null', 'true', '7', '"text"', '{}']) errorAnswer(await ask('POST', '/v4/trackings/batch', { body }), 400)
  })
  test('every field of every wrong type', async () => {
    const names = ['tracking_number', 'courier_code', 'order_number', 'title', 'note', 'customer_email', 'origin_country_iso2', 'order_date', 'auto_correct', 'language']
    const values = [7, -1, 1.5, 1e308, true, false, [], ['x'], {}, { a: 1 }, [[[]]]]
    for (const name of names)
      for (const value of values) {
        const body = parcel({ [name]: value })
        inContract(await ask('POST', '/v4/trackings/create', { body }))
        inContract(await ask('PUT', `/v4/trackings/update/${id}`, { body }))
      }
    for (const value of values) {
      inContract(await ask('POST', '/v4/couriers/detect', { body: { tracking_number: value } }))
      inContract(await ask('POST', '/v4/awb', { body: { awb_number: value } }))
    }
  })
  test('items of a batch that are no objects', async () => {
    const good = parcel()
    const answer = await ask('POST', '/v4/trackings/batch', { body: [good, null, 7, 'x', [], [good]] })
    inContract(answer)
    if (answer.status === 200) assert.equal(okAnswer(answer, batch).success.length, 1)
  })
  test('unknown fields are not an error', async () => {
    okAnswer(await ask('POST', '/v4/trackings/create', { body: parcel({ colour: 'red', nested: { deep: [1, 2, { x: null }] } }) }), tracking)
  })
  test('the same key twice', async () => {
    const n = number()
    inContract(await ask('POST', '/v4/trackings/create', { body: `{"tracking_number":"${n}","tracking_number":"${n}X","courier_code":"usps","courier_code":"ups"}` }))
  })
})

describe('too much of it', () => {
  test('nesting', async () => {
    for (const depth of [100, 1000, 100_000])
      for (const [open, close] of [['[', ']'], ['{"a":', '}']]) {
        const deep = open.repeat(depth) + '1' + close.repeat(depth)
        for (const [method, target] of bodied) inContract(await ask(method, target, { body: deep }))
        inContract(await ask('POST', '/v4/trackings/create', { body: `{"x":${deep},"tracking_number":"${number()}","courier_code":"usps"}` }))
        // Never closed.
        errorAnswer(await ask('POST', '/v4/trackings/create', { body: open.repeat(depth) }), 400)
      }
  })
  test('numbers', async () => {
    for (const value of ['1e400', '-1e400', '9'.repeat(5000), '0.' + '0'.repeat(5000) + '1', '18446744073709551616', '-0'])
      for (const name of ['tracking_number', 'title', 'whatever'])
        inContract(await ask('POST', '/v4/trackings/create', { body: `{"tracking_number":"${number()}","courier_code":"usps","${name}":${value}}` }))
  })
  test('long values', async () => {
    errorAnswer(await ask('POST', '/v4/trackings/create', { body: parcel({ tracking_number: 'A'.repeat(100_000) }) }), 4110)
    errorAnswer(await ask('POST', '/v4/trackings/create', { body: parcel({ courier_code: 'a'.repeat(100_000) }) }), 4120)
    errorAnswer(await ask('POST', '/v4/trackings/create', { body: parcel({ title: 'a'.repeat(100_000) }) }), 4130, 'title')
    inContract(await ask('POST', '/v4/couriers/detect', { body: { tracking_number: '1'.repeat(100_000) } }))
    inContract(await ask('POST', '/v4/couriers/detect', { body: { tracking_number: 'AB12 '.repeat(20_000) } }))
  })
  test('ten thousand fields', async () => {
    const body = parcel(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, `${i}`])))
    inContract(await ask('POST', '/v4/trackings/create', { body }))
  })
  test('a batch of ten thousand', async () => {
    errorAnswer(await ask('POST', '/v4/trackings/batch', { body: Array.from({ length: 10_000 }, (_, i) => ({ tracking_number: `${i}`, courier_code: 'usps' })) }), 4103)
  })
  test('ten megabytes, announced', async () => {
    const wire = await milepost.connect()
    wire.send(`POST /v4/trackings/create HTTP/1.1\r\nHost: x\r\nTracking-Api-Key: ${milepost.keys.shop}\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n`)
    wire.send(Buffer.alloc(10 << 20, 0x20))
    const answer = await wire.response()
    assert.equal(answer.status, 413)
    inContract(answer)
    wire.close()
  })
  test('ten megabytes, announced and never sent', async () => {
    const wire = await milepost.connect()
    wire.send(`POST /v4/trackings/create HTTP/1.1\r\nHost: x\r\nTracking-Api-Key: ${milepost.keys.shop}\r\nContent-Length: 10485760\r\n\r\n`)
    const answer = await wire.response()
    assert.equal(answer.status, 413)
    inContract(answer)
    wire.close()
  })
  test('ten megabytes, in chunks', async () => {
    const wire = await milepost.connect()
    wire.send(`POST /v4/trackings/create HTTP/1.1\r\nHost: x\r\nTracking-Api-Key: ${milepost.keys.shop}\r\nTransfer-Encoding: chunked\r\n\r\n`)
    for (let i = 0; i < 160; i++) wire.send(Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65536, 0x20), Buffer.from('\r\n')]))
    wire.send('0\r\n\r\n')
    const answer = await wire.response()
    assert.equal(answer.status, 413)
    inContract(answer)
    wire.close()
  })
  test('a header of a megabyte, and a path', async () => {
    const wire = await milepost.connect()
    wire.send(`GET /v4/trackings/get HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(1 << 20)}\r\n\r\n`)
    const answer = await wire.response()
    assert.ok([400, 431].includes(answer.status), `${answer.status}`)
    wire.close()
    const other = await milepost.connect()
    other.send(`GET /v4/trackings/get?${'a'.repeat(1 << 20)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const second = await other.response()
    assert.ok([400, 414, 431].includes(second.status), `${second.status}`)
    other.close()
  })
})

describe('characters', () => {
  test('NUL', async () => {
    for (const name of ['tracking_number', 'courier_code', 'title', 'customer_name', 'order_number'])
      inContract(await ask('POST', '/v4/trackings/create', { body: parcel({ [name]: 'a\u0000b' }) }))
    inContract(await ask('POST', '/v4/couriers/detect', { body: { tracking_number: '9400111899562537683144\u0000' } }))
    for (const query of ['tracking_numbers=a%00b', 'courier_code=%00', 'order_number=%00', 'created_date_min=%00'])
      inContract(await ask('GET', `/v4/trackings/get?${query}`))
    errorAnswer(await ask('DELETE', '/v4/trackings/delete/%00'), 4112)
  })
  test('text that means something elsewhere is text', async () => {
    const texts = [
      "'; DROP TABLE shipments; --", "' OR '1'='1", '" OR ""="', '1; SELECT pg_sleep(10)', '%s%s%s%n', '{{7*7}}', '${jndi:ldap://x}',
      '<script>alert(1)</script>', '../../../../etc/passwd', '`id`', '$(id)', '\\', '\u202egnp.exe', 'e\u0301', '\uffff', '\u{10ffff}', '\ud83d\ude00'.repeat(20),
    ]
    for (const text of texts) {
      const sent = parcel({ title: text, note: text, customer_name: text, order_number: text.slice(0, 40) })
      const made = okAnswer(await ask('POST', '/v4/trackings/create', { body: sent }), tracking)
      for (const name of ['title', 'note', 'customer_name', 'order_number']) assert.equal(made[name], sent[name])
      const [again] = okAnswer(await ask('GET', `/v4/trackings/get?tracking_numbers=${sent.tracking_number}`), [tracking])
      assert.equal(again.note, text)
      const found = okAnswer(await ask('GET', `/v4/trackings/get?order_number=${encodeURIComponent(sent.order_number)}`), [tracking])
      assert.ok(found.some((item) => item.id === made.id), text)
      inContract(await ask('POST', '/v4/trackings/create', { body: parcel({ tracking_number: text }) }))
      inContract(await ask('POST', '/v4/trackings/create', { body: parcel({ courier_code: text }) }))
      inContract(await ask('POST', '/v4/couriers/detect', { body: { tracking_number: text } }))
      inContract(await ask('PUT', `/v4/trackings/update/${encodeURIComponent(text)}`, { body: { title: text } }))
      for (const name of ['tracking_numbers', 'courier_code', 'delivery_status', 'created_date_min', 'archived_status', 'lang', 'pages_amount', 'items_amount'])
        inContract(await ask('GET', `/v4/trackings/get?${name}=${encodeURIComponent(text)}`))
      errorAnswer(await milepost.call('GET', '/v4/trackings/get', { headers: { 'Tracking-Api-Key': text.replace(/[^\x20-\x7e]/g, '?') } }), 401)
    }
  })
  test('queries out of shape', async () => {
    for (const query of ['%', '%zz', '%f', '=', '&&&', '====', 'a=b=c', 'tracking_numbers', '?', 'tracking_numbers=' + ','.repeat(5000),
      'tracking_numbers=' + Array.from({ length: 500 }, (_, i) => `N${i}`).join(','), 'pages_amount=-1', 'pages_amount=abc', 'pages_amount=9223372036854775808',
      'pages_amount=9223372036854775807&items_amount=200', 'items_amount=-5', 'items_amount=1.5', 'items_amount=0x10', 'created_date_min=9999999999',
      'created_date_min=0000-00-00T00:00:00Z', 'created_date_min=2023-02-30T00:00:00Z', 'created_date_max=99999-01-01T00:00:00Z', 'delivery_status=nonsense',
      'tracking_numbers=%ff%fe', 'courier_code=' + 'a,'.repeat(3000), 'archived_status=maybe', ...Array.from({ length: 3 }, () => 'lang=' + 'x'.repeat(3000))])
      inContract(await ask('GET', `/v4/trackings/get?${query}`))
  })
})

describe('ways that do not exist', () => {
  test('wrong methods (400)', async () => {
    const wrong = [
      ['POST', '/v4/couriers/all'], ['GET', '/v4/couriers/detect'], ['GET', '/v4/trackings/create'], ['PUT', '/v4/trackings/create'],
      ['DELETE', '/v4/trackings/batch'], ['POST', '/v4/trackings/get'], ['POST', `/v4/trackings/update/${id}`], ['GET', `/v4/trackings/delete/${id}`],
      ['GET', `/v4/trackings/retrack/${id}`], ['GET', '/v4/awb'], ['PATCH', '/v4/trackings/create'], ['OPTIONS', '/v4/trackings/create'],
    ]
    for (const [method, target] of wrong) errorAnswer(await ask(method, target), 400)
  })
  test('wrong paths (404)', async () => {
    for (const target of ['/v4', '/v4/', '/v4/nowhere', '/v4/trackings', '/v4/trackings/getx', `/v4/trackings/${id}`, '/v4/trackings/update', `/v4/trackings/update/${id}/more`,
      '/v4/couriers', '/v4/%2e%2e/healthz', '/v4/trackings/get%2f', '/v4/..%2f..%2fetc/passwd'])
      errorAnswer(await ask('GET', target), 404)
  })
  test('a method nobody knows', async () => {
    const wire = await milepost.connect()
    wire.send(`BREW /v4/trackings/get HTTP/1.1\r\nHost: x\r\nTracking-Api-Key: ${milepost.keys.shop}\r\n\r\n`)
    inContract(await wire.response())
    wire.close()
  })
})

describe('HTTP out of shape', () => {
  // Refused, or the connection closed at once; never served, never left hanging.
  const refused = {
    'no request at all': 'hello\r\n\r\n',
    'a TLS greeting': Buffer.from('1603010200010001fc0303', 'hex'),
    'an old version': 'GET /v4/trackings/get HTTP/0.9\r\n\r\n',
    'two lengths': 'POST /v4/awb HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ',
    'a negative length': 'POST /v4/awb HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'a length that is no number': 'POST /v4/awb HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n{}',
    'length and chunks': 'POST /v4/awb HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a chunk of negative size': 'POST /v4/awb HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n0\r\n\r\n',
    'a chunk of endless size': `POST /v4/awb HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\nab`,
    'a space before the colon': 'GET /v4/awb HTTP/1.1\r\nHost: x\r\nContent-Length : 0\r\n\r\n',
    'a NUL in a header': 'GET /v4/awb HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n',
    'five thousand headers': `GET /v4/awb HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 5000 }, (_, i) => `X${i}: y\r\n`).join('')}\r\n`,
  }
  for (const [name, bytes] of Object.entries(refused))
    test(name, async () => {
      const wire = await milepost.connect()
      wire.send(bytes)
      const answer = await wire.response(patience).catch((error) => {
        assert.match(error.message, /connection ended/, `${name}: neither answered nor closed`)
        return null
      })
      if (answer) assert.ok(answer.status >= 400 && answer.status < 500, `${name}: HTTP ${answer.status}`)
      wire.close()
    })
  test('a hundred connections that say half a word do not stop the others', async () => {
    const wires = await Promise.all(Array.from({ length: 100 }, () => milepost.connect()))
    for (const wire of wires) wire.send('POST /v4/trackings/create HTTP/1.1\r\nHost: x\r\nContent-Le')
    const asked = Date.now()
    okAnswer(await ask('POST', '/v4/trackings/create', { body: parcel() }), tracking)
    assert.ok(Date.now() - asked < 2000)
    for (const wire of wires) wire.close()
  })
  test('clients that hang up in the middle', async () => {
    for (let i = 0; i < 50; i++) {
      const wire = await milepost.connect()
      const body = JSON.stringify(parcel())
      wire.send(`POST /v4/trackings/create HTTP/1.1\r\nHost: x\r\nTracking-Api-Key: ${milepost.keys.shop}\r\nContent-Length: ${body.length}\r\n\r\n${i % 2 ? body : body.slice(0, 20)}`)
      wire.close()
    }
  })
})
