// The vendor's own client, trackingmore-sdk-nodejs, watches parcels move: from label to doorstep, through `milepost demo`.
// Started by run.sh, inside a namespace where the vendor's host name leads here.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import tls from 'node:tls'
import { Demo, until } from './demo.mjs'
import { everyReader, failed, named, succeeded, success, tracking } from './schema.mjs'

const TrackingMore = createRequire(import.meta.url)('trackingmore-sdk-nodejs')

// An hour of the demo in little more than a second.
const demo = new Demo({ speed: 3000, parcels: 100 })
let client, front

// What an operator puts in front: TLS ends here, under the vendor's name.
async function serveTls() {
  const files = process.env.MILEPOST_SDK
  const options = { cert: readFileSync(path.join(files, 'server.pem')), key: readFileSync(path.join(files, 'server.key')) }
  const server = tls.createServer(options, (outside) => {
    const inside = net.connect(demo.port, '127.0.0.1')
    for (const socket of [outside, inside]) socket.on('error', () => (outside.destroy(), inside.destroy()))
    outside.pipe(inside).pipe(outside)
  })
  await new Promise((done) => server.listen(443, '127.0.0.1', done))
  return server
}

before(async () => {
  await demo.start()
  front = await serveTls()
  client = new TrackingMore(demo.key)
})
after(() => {
  front?.close()
  demo.forget()
})

// This client leaves the query away, and so sees the newest hundred, whatever it asks for.
const newest = async () => succeeded(await client.trackings.getTrackingResults({}), [tracking])
const list = async (query) => {
  const data = await demo.call('GET', `/v4/trackings/get?${new URLSearchParams(query)}`)
  return succeeded({ meta: success, data }, [tracking])
}
const find = async (tracking_number) => (await newest()).find((shipment) => shipment.tracking_number === tracking_number) ??
  (await list({ tracking_numbers: tracking_number }))[0]
const checkpoints = (shipment) => shipment.origin_info.trackinfo ?? []
// Local times of places some hours apart may seem to go back; those of one country do not.
const isDomestic = (shipment) => shipment.origin_country === shipment.destination_country

describe('a parcel that is under way', () => {
  let made
  test('is answered for at once, with what its carrier says', async () => {
    const body = await client.trackings.createTracking(demo.spare)
    made = succeeded(body, tracking)
    everyReader(body, 'object')
    assert.equal(made.tracking_number, demo.spare.tracking_number)
    assert.ok(['transit', 'pickup', 'delivered', 'inforeceived'].includes(made.delivery_status), made.delivery_status)
    assert.equal(made.updating, false)
    assert.ok(checkpoints(made).length >= 1)
    assert.ok(made.latest_event)
  })
  test('arrives while it is watched, and its history only grows', async () => {
    let seen = checkpoints(made).length
    const arrived = await until(`${made.tracking_number} is delivered`, 200_000, async () => {
      const now = await find(made.tracking_number)
      assert.ok(checkpoints(now).length >= seen, 'a checkpoint went away')
      seen = checkpoints(now).length
      return now.delivery_status === 'delivered' && now
    }, 500)
    assert.ok(seen > checkpoints(made).length || made.delivery_status === 'delivered')
    assert.equal(arrived.origin_info.trackinfo[0].checkpoint_delivery_status, 'delivered')
    assert.ok(arrived.origin_info.milestone_date.delivery_date)
  })
  test('is not retracked, since it has not expired (4113)', async () => failed(await client.trackings.retrackTrackingByID(made.id), 4113))
  test('is gone when it is deleted', async () => {
    const { id, tracking_number, courier_code } = made
    assert.deepEqual(succeeded(await client.trackings.deleteTrackingByID(id), named), { id, tracking_number, courier_code })
    assert.equal(await find(tracking_number), undefined)
  })
})

describe("the shop's parcels", () => {
  test('move from label to doorstep', async () => {
    const at = new Map()
    const moves = new Set()
    const wanted = ['inforeceived > transit', 'transit > pickup', 'pickup > delivered']
    await until(`these moves are seen: ${wanted}`, 120_000, async () => {
      for (const shipment of await newest()) {
        const { id, delivery_status: now } = shipment
        const before = at.get(id)
        if (before && before !== now) moves.add(`${before} > ${now}`)
        if (before === 'delivered') assert.equal(now, 'delivered', `${shipment.tracking_number} went back`)
        at.set(id, now)
      }
      return wanted.every((move) => moves.has(move))
    }, 500)
  })
  test('have histories that make sense', async () => {
    const delivered = await until('ten parcels are delivered', 60_000, async () => {
      const there = await list({ delivery_status: 'delivered', items_amount: 200 })
      return there.length >= 10 && there
    }, 500)
    let ordered = 0
    for (const shipment of delivered) {
      const { tracking_number: number, origin_info: origin } = shipment
      assert.ok(Number.isInteger(shipment.transit_time) && shipment.transit_time >= 0 && shipment.transit_time < 60, `${number}: ${shipment.transit_time} days`)
      assert.ok(origin.milestone_date.delivery_date, `${number} has no date of delivery`)
      assert.equal(shipment.latest_checkpoint_time, origin.trackinfo[0].checkpoint_date, number)
      if (!isDomestic(shipment)) continue
      const dates = origin.trackinfo.map((checkpoint) => checkpoint.checkpoint_date)
      assert.deepEqual(dates, [...dates].sort().reverse(), `${number} is not newest first`)
      const { pickup_date, delivery_date } = origin.milestone_date
      if (pickup_date) assert.ok(pickup_date <= delivery_date, `${number} was delivered before it was picked up`)
      ++ordered
    }
    assert.ok(ordered > 0)
    const all = await list({ items_amount: 200 })
    const promised = all.filter((shipment) => shipment.scheduled_delivery_date)
    assert.ok(promised.length >= all.length / 10, `${promised.length} of ${all.length} have a date`)
    for (const shipment of promised) assert.match(shipment.scheduled_delivery_date, /^20\d\d-\d\d-\d\d(T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?)?$/)
  })
})
