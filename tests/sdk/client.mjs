// The vendor's own client, trackingmore-sdk-nodejs 1.0.8 as npm gives it, against Milepost: every call, every error that
// it can provoke, every field. Started by run.sh, inside a namespace where the vendor's host name leads here.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Milepost, sleep } from './server.mjs'
import { batch, conforms, courier, everyReader, failed, named, succeeded, tracking, updated, waybill } from './schema.mjs'

const TrackingMore = createRequire(import.meta.url)('trackingmore-sdk-nodejs')

let milepost, client, small, poor

before(async () => {
  const files = process.env.MILEPOST_SDK
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited', small: 'free', poor: 'free', full: 'unlimited' },
    tls: { certificate: path.join(files, 'server.pem'), key: path.join(files, 'server.key') },
  })
  client = new TrackingMore(milepost.keys.shop)
  small = new TrackingMore(milepost.keys.small)
  poor = new TrackingMore(milepost.keys.poor)
})
after(() => milepost?.stop())

let serial = 100000
const number = () => `9400111899562537${serial++}`
const parcel = (more = {}) => ({ tracking_number: number(), courier_code: 'usps', ...more })
// The client checks some things itself before it sends. This passes its checks and then sends something else, so that
// the server's own answer is heard.
const disguised = (shown, sent) => Object.assign(Object.create({ toJSON: () => sent }), shown)

const everything = {
  order_number: '114-0292795-2405840',
  order_id: 'gid-77',
  order_date: '2023-10-20 16:51',
  origin_country_iso2: 'CN',
  destination_country_iso2: 'US',
  customer_name: 'Zoë Ångström 王',
  customer_email: 'zoe@example.com',
  customer_sms: '+15551234567',
  recipient_postcode: '90210',
  title: 'Lamp, "Léon" \u{1F4A1}',
  note: 'Ring twice\nthen wait',
  label: '1,2',
  logistics_channel: 'channel-9',
  language: 'en',
  auto_correct: '0',
  tracking_postal_code: '90210',
  tracking_ship_date: '20231020',
  tracking_courier_account: 'ACC-1',
  tracking_key: 'k-1',
  tracking_origin_country: 'CN',
  tracking_destination_country: 'US',
}
// How the fields of a create come back.
const echoed = (sent) => {
  const { origin_country_iso2, destination_country_iso2, language, auto_correct, ...rest } = sent
  return { ...rest, origin_country: origin_country_iso2, destination_country: destination_country_iso2 }
}
const pick = (object, like) => Object.fromEntries(Object.keys(like).map((name) => [name, object[name]]))
const find = async (tracking_number, from = client) =>
  succeeded(await from.trackings.getTrackingResults({ tracking_numbers: tracking_number }), [tracking]).find(
    (item) => item.tracking_number === tracking_number,
  )

describe('the client itself', () => {
  test('wants a key', () => assert.throws(() => new TrackingMore(), /API Key is missing/))
  test('checks what it is given before it asks', () => {
    const refusals = [
      [() => client.couriers.detect({}), /Tracking number cannot be empty/],
      [() => client.trackings.createTracking({}), /Tracking number cannot be empty/],
      [() => client.trackings.createTracking({ tracking_number: '1' }), /Courier Code cannot be empty/],
      [() => client.trackings.batchCreateTrackings([{}]), /Tracking number cannot be empty/],
      [() => client.trackings.batchCreateTrackings([{ tracking_number: '1' }]), /Courier Code cannot be empty/],
      [() => client.trackings.batchCreateTrackings(Array.from({ length: 41 }, () => parcel())), /Max\. 40/],
      [() => client.trackings.updateTrackingByID('', {}), /Id cannot be empty/],
      [() => client.trackings.deleteTrackingByID(''), /Id cannot be empty/],
      [() => client.trackings.retrackTrackingByID(''), /Id cannot be empty/],
      [() => client.airWaybills.createAnAirWayBill({}), /Awb number cannot be empty/],
      [() => client.airWaybills.createAnAirWayBill({ awb_number: '123' }), /format is invalid/],
    ]
    for (const [call, why] of refusals) assert.throws(call, why)
  })
})

describe('couriers', () => {
  test('getAllCouriers lists every courier, each field in its type', async () => {
    const body = await client.couriers.getAllCouriers()
    const all = succeeded(body, [courier])
    everyReader(body, 'list')
    assert.ok(all.length > 1000, `${all.length} couriers`)
    const codes = all.map((item) => item.courier_code)
    assert.equal(new Set(codes).size, codes.length, 'a code appears twice')
    for (const code of ['usps', 'ups', 'fedex', 'dhl', 'china-ems', 'royal-mail']) assert.ok(codes.includes(code), code)
    const usps = all.find((item) => item.courier_code === 'usps')
    assert.equal(usps.courier_country_iso2, 'US')
    assert.equal(usps.courier_name, 'USPS')
  })

  test('detect names the courier, best first', async () => {
    const body = await client.couriers.detect({ tracking_number: '9400111899562537683144' })
    const found = succeeded(body, [courier])
    everyReader(body, 'list')
    assert.equal(found[0].courier_code, 'usps')
    const post = succeeded(await client.couriers.detect({ tracking_number: 'RR473124829GB' }), [courier])
    assert.equal(post[0].courier_code, 'royal-mail')
  })
  test('detect admits what it does not know (4121)', async () =>
    failed(await client.couriers.detect({ tracking_number: 'HELLOWORLD' }), 4121))
  test('detect without a number (4111)', async () => {
    for (const sent of [{}, { tracking_number: '' }, { tracking_number: null }])
      failed(await client.couriers.detect(disguised({ tracking_number: 'x' }, sent)), 4111)
  })
})

describe('createTracking', () => {
  test('answers with the whole tracking object', async () => {
    const sent = parcel()
    const body = await client.trackings.createTracking(sent)
    const made = succeeded(body, tracking)
    everyReader(body, 'object')
    assert.deepEqual(pick(made, sent), sent)
    assert.equal(made.delivery_status, 'pending')
    assert.match(made.substatus, /^pending00[1-5]$/)
    assert.equal(made.archived, 'tracking')
    assert.equal(made.source, 'API')
    assert.equal(made.transit_time, 0)
    assert.equal(made.latest_event, null)
    assert.equal(made.origin_info.courier_code, 'usps')
    assert.deepEqual(made.origin_info.trackinfo, [])
    assert.deepEqual(made.destination_info.trackinfo, [])
    assert.ok(Math.abs(Date.parse(made.created_at) - Date.now()) < 10_000, made.created_at)
    for (const name of ['customer_name', 'customer_email', 'title', 'note', 'order_number', 'origin_country'])
      assert.equal(made[name], null)
    assert.deepEqual(await find(sent.tracking_number), made)
  })

  test('keeps every field it is given, letter for letter', async () => {
    const sent = parcel(everything)
    const made = succeeded(await client.trackings.createTracking(sent), tracking)
    const expected = echoed(sent)
    assert.deepEqual(pick(made, expected), expected)
    assert.deepEqual(pick(await find(sent.tracking_number), expected), expected)
  })

  test('the same number with the same courier is refused (4101), with another it is new', async () => {
    const sent = parcel()
    const first = succeeded(await client.trackings.createTracking(sent), tracking)
    failed(await client.trackings.createTracking(sent), 4101)
    failed(await client.trackings.createTracking({ ...sent, courier_code: 'USPS' }), 4101)
    failed(await client.trackings.createTracking({ ...sent, tracking_number: ` ${sent.tracking_number} ` }), 4101)
    const second = succeeded(await client.trackings.createTracking({ ...sent, courier_code: 'ups' }), tracking)
    assert.notEqual(first.id, second.id)
  })

  test('numbers are compared in capitals', async () => {
    const made = succeeded(await client.trackings.createTracking(parcel({ tracking_number: ' ab-sdk-77x ' })), tracking)
    assert.equal(made.tracking_number, 'AB-SDK-77X')
    failed(await client.trackings.createTracking(parcel({ tracking_number: 'AB-SDK-77X' })), 4101)
  })

  test('courier codes in any case', async () => {
    const made = succeeded(await client.trackings.createTracking(parcel({ courier_code: 'UPS' })), tracking)
    assert.equal(made.courier_code, 'ups')
  })

  test('impossible numbers (4110)', async () => {
    for (const tracking_number of ['***', 'x'.repeat(101)])
      failed(await client.trackings.createTracking(parcel({ tracking_number })), 4110)
  })
  test('no number at all (4111)', async () => {
    for (const tracking_number of ['', null, undefined, '   '])
      failed(await client.trackings.createTracking(disguised(parcel(), { courier_code: 'usps', tracking_number })), 4111)
  })
  test('unknown or missing courier (4120)', async () => {
    failed(await client.trackings.createTracking(parcel({ courier_code: 'no-such-courier' })), 4120)
    for (const courier_code of ['', null, undefined])
      failed(await client.trackings.createTracking(disguised(parcel(), { tracking_number: number(), courier_code })), 4120)
  })
  test('what some couriers need beside the number (4122)', async () => {
    const needs = [
      ['deutsche-post', { tracking_ship_date: '20231020' }],
      ['postnl-3s', { tracking_postal_code: '1011AB', tracking_destination_country: 'NL' }],
      ['dynamic-logistics', { tracking_courier_account: 'ACC-1' }],
    ]
    const all = succeeded(await client.couriers.getAllCouriers(), [courier])
    for (const [courier_code, extra] of needs) {
      failed(await client.trackings.createTracking(parcel({ courier_code })), 4122)
      for (const name of Object.keys(extra))
        failed(await client.trackings.createTracking(parcel({ courier_code, ...extra, [name]: '' })), 4122)
      succeeded(await client.trackings.createTracking(parcel({ courier_code, ...extra })), tracking)
      const announced = JSON.stringify(all.find((item) => item.courier_code === courier_code).tracking_required_fields)
      for (const name of Object.keys(extra)) assert.match(announced, new RegExp(name), `${courier_code} announces its needs`)
    }
    failed(await client.trackings.createTracking(parcel({ courier_code: 'deutsche-post', tracking_ship_date: 'soon' })), 4122)
  })
  test('fields that are too long (4130 and the name of the field)', async () => {
    failed(await client.trackings.createTracking(parcel({ title: 'x'.repeat(256) })), 4130, 'title')
    failed(await client.trackings.createTracking(parcel({ note: 'x'.repeat(2001) })), 4130, 'note')
    // Characters count, not bytes.
    succeeded(await client.trackings.createTracking(parcel({ title: '王'.repeat(255), note: 'é'.repeat(2000) })), tracking)
  })
  test('a body of the wrong shape (400)', async () => {
    for (const sent of [[parcel()], 'text', 7, true])
      failed(await client.trackings.createTracking(disguised(parcel(), sent)), 400)
  })
  test('carries the contract through thirty requests at once', async () => {
    const bodies = await Promise.all(Array.from({ length: 30 }, () => client.trackings.createTracking(parcel())))
    const ids = bodies.map((body) => succeeded(body, tracking).id)
    assert.equal(new Set(ids).size, 30)
  })
})

describe('batchCreateTrackings', () => {
  test('forty at once, in order', async () => {
    const sent = Array.from({ length: 40 }, () => parcel())
    const body = await client.trackings.batchCreateTrackings(sent)
    const result = succeeded(body, batch)
    everyReader(body, 'object')
    assert.deepEqual(result.error, [])
    assert.deepEqual(result.success.map((item) => item.tracking_number), sent.map((item) => item.tracking_number))
    for (const item of result.success) assert.match(item.id, /^[0-9a-f]{32}$/)
    assert.equal((await find(sent[39].tracking_number)).id, result.success[39].id)
  })
  test('one bad item spoils nothing', async () => {
    const known = parcel()
    const { id } = succeeded(await client.trackings.createTracking(known), tracking)
    const twice = parcel()
    const sent = [
      parcel(), known, parcel({ courier_code: 'no-such-courier' }), twice, twice,
      parcel({ tracking_number: '***' }), parcel({ courier_code: 'deutsche-post' }), parcel(),
    ]
    const body = await client.trackings.batchCreateTrackings(sent)
    const result = succeeded(body, batch)
    everyReader(body, 'object')
    assert.deepEqual(result.success.map((item) => item.tracking_number), [0, 3, 7].map((at) => sent[at].tracking_number))
    assert.deepEqual(result.error.map((item) => item.errorCode), [4101, 4120, 4101, 4110, 4122])
    assert.equal(result.error[0].id, id)
    assert.equal(result.error[1].id, '')
    assert.equal(result.error[0].errorMessage, 'Tracking No. already exists.')
    assert.equal(result.error[1].errorMessage, 'The value of courier_code is invalid.')
  })
  test('items without a number or courier', async () => {
    const items = [{ courier_code: 'usps' }, { tracking_number: number() }, { tracking_number: '', courier_code: '' }, {}]
    const result = succeeded(await client.trackings.batchCreateTrackings({ length: 0, toJSON: () => items }), batch)
    assert.deepEqual(result.error.map((item) => item.errorCode), [4111, 4120, 4111, 4111])
    assert.deepEqual(result.success, [])
  })
  test('forty-one are refused whole (4103)', async () => {
    const items = Array.from({ length: 41 }, () => parcel())
    failed(await client.trackings.batchCreateTrackings({ length: 0, toJSON: () => items }), 4103)
    assert.equal(await find(items[0].tracking_number), undefined)
  })
  test('a body that is no list (400)', async () =>
    failed(await client.trackings.batchCreateTrackings({ length: 0, toJSON: () => parcel() }), 400))
})

describe('getTrackingResults', () => {
  test('gives the first hundred, newest first, whatever it is asked (the client drops its query)', async () => {
    const full = new TrackingMore(milepost.keys.full)
    assert.deepEqual(succeeded(await full.trackings.getTrackingResults({}), [tracking]), [])
    for (let i = 0; i < 3; i++)
      await full.trackings.batchCreateTrackings(Array.from({ length: 40 }, () => parcel()))
    const body = await full.trackings.getTrackingResults({ courier_code: 'ups', items_amount: 7 })
    const list = succeeded(body, [tracking])
    everyReader(body, 'list')
    assert.equal(list.length, 100)
    const times = list.map((item) => item.created_at)
    assert.deepEqual(times, [...times].sort().reverse())
    assert.equal(new Set(list.map((item) => item.id)).size, 100)
  })
})

describe('updateTrackingByID', () => {
  test('changes what is given and leaves the rest', async () => {
    const sent = parcel(everything)
    const { id, created_at } = succeeded(await client.trackings.createTracking(sent), tracking)
    const change = { customer_name: 'New Name', note: 'New note', title: '', label: null }
    const body = await client.trackings.updateTrackingByID(id, change)
    const result = succeeded(body, updated)
    everyReader(body, 'object')
    assert.equal(result.id, id)
    assert.equal(result.tracking_number, sent.tracking_number)
    assert.equal(result.customer_name, 'New Name')
    assert.equal(result.note, 'New note')
    assert.equal(result.title, sent.title)
    assert.equal(result.label, sent.label)
    const now = await find(sent.tracking_number)
    const expected = { ...echoed(sent), customer_name: 'New Name', note: 'New note' }
    assert.deepEqual(pick(now, expected), expected)
    assert.equal(now.id, id)
    assert.equal(now.created_at, created_at)
    assert.ok(now.update_at >= created_at)
  })
  test('every field can be changed', async () => {
    const sent = parcel(everything)
    const { id } = succeeded(await client.trackings.createTracking(sent), tracking)
    const change = {
      order_number: 'o2', order_id: 'i2', order_date: '2024-01-02 03:04', origin_country_iso2: 'DE',
      destination_country_iso2: 'FR', customer_name: 'n2', customer_email: 'two@example.com', customer_sms: '+4915112345678',
      recipient_postcode: '75001', title: 't2', note: 'n2', label: '3', logistics_channel: 'c2', language: 'de',
      tracking_postal_code: '75001', tracking_ship_date: '20240102', tracking_courier_account: 'ACC-2', tracking_key: 'k-2',
      tracking_origin_country: 'DE', tracking_destination_country: 'FR',
    }
    const result = succeeded(await client.trackings.updateTrackingByID(id, change), updated)
    const expected = echoed(change)
    delete expected.auto_correct
    assert.deepEqual(pick(result, expected), expected)
    assert.deepEqual(pick(await find(sent.tracking_number), expected), expected)
  })
  test('another courier', async () => {
    const sent = parcel()
    const { id } = succeeded(await client.trackings.createTracking(sent), tracking)
    const result = succeeded(await client.trackings.updateTrackingByID(id, { courier_code_new: 'FEDEX' }), updated)
    assert.equal(result.courier_code_new, 'fedex')
    assert.equal((await find(sent.tracking_number)).courier_code, 'fedex')
    failed(await client.trackings.updateTrackingByID(id, { courier_code_new: 'no-such-courier' }), 4120)
    succeeded(await client.trackings.createTracking(sent), tracking)
  })
  test('archiving and back', async () => {
    const sent = parcel()
    const { id } = succeeded(await client.trackings.createTracking(sent), tracking)
    assert.equal(succeeded(await client.trackings.updateTrackingByID(id, { archived_status: 'archived' }), updated).archived_status, 'archived')
    assert.equal(succeeded(await client.trackings.updateTrackingByID(id, { archived_status: 'tracking' }), updated).archived_status, 'tracking')
    assert.equal((await find(sent.tracking_number)).archived, 'tracking')
  })
  test('unknown, malformed and foreign ids are one and the same (4112)', async () => {
    const { id } = succeeded(await new TrackingMore(milepost.keys.full).trackings.createTracking(parcel()), tracking)
    for (const wrong of ['9a73b452e03c2c724414f3859fad1c2c', 'nope', 'x'.repeat(500), id]) {
      failed(await client.trackings.updateTrackingByID(wrong, { title: 't' }), 4112)
      failed(await client.trackings.deleteTrackingByID(wrong), 4112)
      failed(await client.trackings.retrackTrackingByID(wrong), 4112)
    }
  })
})

describe('deleteTrackingByID', () => {
  test('gives the three names back, and the shipment is gone', async () => {
    const sent = parcel()
    const { id } = succeeded(await client.trackings.createTracking(sent), tracking)
    const body = await client.trackings.deleteTrackingByID(id)
    assert.deepEqual(succeeded(body, named), { id, ...sent })
    everyReader(body, 'object')
    assert.equal(await find(sent.tracking_number), undefined)
    failed(await client.trackings.deleteTrackingByID(id), 4112)
    assert.notEqual(succeeded(await client.trackings.createTracking(sent), tracking).id, id)
  })
})

describe('retrackTrackingByID', () => {
  test('only for the expired (4113)', async () => {
    const { id } = succeeded(await client.trackings.createTracking(parcel()), tracking)
    failed(await client.trackings.retrackTrackingByID(id), 4113)
  })
})

describe('createAnAirWayBill', () => {
  test('answers with the waybill, however its number is written', async () => {
    for (const awb_number of ['235-69030430', '235 69030430', '23569030430']) {
      const body = await client.airWaybills.createAnAirWayBill({ awb_number })
      const bill = succeeded(body, waybill)
      everyReader(body, 'object')
      assert.equal(bill.awb_number, '235-69030430')
    }
  })
  test('missing or malformed (4160)', async () => {
    for (const sent of [{}, { awb_number: '' }, { awb_number: null }, { awb_number: '12-345' }, { awb_number: '235-690304301' }])
      failed(await client.airWaybills.createAnAirWayBill(disguised({ awb_number: '235-69030430' }, sent)), 4160)
  })
  test('no such airline (4161)', async () =>
    failed(await client.airWaybills.createAnAirWayBill({ awb_number: '000-12345675' }), 4161))
})

describe('who asks', () => {
  test('a wrong key is refused by every call (401)', async () => {
    const stranger = new TrackingMore('aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee')
    const id = '9a73b452e03c2c724414f3859fad1c2c'
    for (const body of await Promise.all([
      stranger.couriers.getAllCouriers(),
      stranger.couriers.detect({ tracking_number: '1' }),
      stranger.trackings.createTracking(parcel()),
      stranger.trackings.batchCreateTrackings([parcel()]),
      stranger.trackings.getTrackingResults({}),
      stranger.trackings.updateTrackingByID(id, {}),
      stranger.trackings.deleteTrackingByID(id),
      stranger.trackings.retrackTrackingByID(id),
      stranger.airWaybills.createAnAirWayBill({ awb_number: '235-69030430' }),
    ]))
      failed(body, 401)
  })
  test('a path that is none (404)', async () => {
    failed(await client.trackings.updateTrackingByID('a/b/c', { title: 't' }), 404)
    failed(await client.trackings.deleteTrackingByID('a/b/c'), 404)
  })
})

describe('quota and rate', () => {
  test('fifty shipments, then no more (4190); reading goes on', async () => {
    const sent = Array.from({ length: 40 }, () => parcel())
    assert.equal(succeeded(await small.trackings.batchCreateTrackings(sent), batch).success.length, 40)
    const more = Array.from({ length: 15 }, () => parcel())
    const result = succeeded(await small.trackings.batchCreateTrackings(more), batch)
    assert.deepEqual(result.success.map((item) => item.tracking_number), more.slice(0, 10).map((item) => item.tracking_number))
    assert.deepEqual(result.error.map((item) => item.errorCode), Array(5).fill(4190))
    failed(await small.trackings.createTracking(parcel()), 4190)
    // What was accepted before is still known, and asking again is free.
    failed(await small.trackings.createTracking(sent[0]), 4101)
    failed(await small.airWaybills.createAnAirWayBill({ awb_number: '235-69030430' }), 4190)
    assert.equal(succeeded(await small.trackings.getTrackingResults({}), [tracking]).length, 50)
    // Deleting gives nothing back.
    const { id } = result.success[0]
    succeeded(await small.trackings.deleteTrackingByID(id), named)
    await sleep(1100)
    failed(await small.trackings.createTracking(parcel()), 4190)
  })
  test('a waybill costs fifty, once', async () => {
    succeeded(await poor.airWaybills.createAnAirWayBill({ awb_number: '235-69030430' }), waybill)
    succeeded(await poor.airWaybills.createAnAirWayBill({ awb_number: '235-69030430' }), waybill)
    failed(await poor.trackings.createTracking(parcel()), 4190)
  })
  test('too many at once (429)', async () => {
    await sleep(1100)
    const bodies = await Promise.all(Array.from({ length: 14 }, () => small.trackings.getTrackingResults({})))
    const refused = bodies.filter((body) => body.meta.code !== 200)
    assert.ok(refused.length >= 1 && refused.length <= 8, `${refused.length} of 14 refused`)
    for (const body of refused) failed(body, 429)
    await sleep(1100)
    succeeded(await small.trackings.getTrackingResults({}), [tracking])
  })
})

describe('what is left behind', () => {
  test('the log holds no key and nobody’s name', () => {
    const log = milepost.log()
    for (const secret of [...Object.values(milepost.keys), everything.customer_name, everything.customer_email, everything.customer_sms])
      assert.ok(!log.includes(secret), 'a secret is in the log')
    conforms(log, 's')
  })
})
