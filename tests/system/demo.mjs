// The demonstration from outside: what a newcomer sees after ./run, and after stopping it in any way and starting it
// again. See demo.sh.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Demo, until } from '../sdk/demo.mjs'

const demo = new Demo({ speed: 1500, parcels: 200 })
const started = Date.now()
before(() => demo.start())
after(() => demo.forget())

const shipments = () => demo.call('GET', '/v4/trackings/get?items_amount=200')
const different = (all, field) => new Set(all.map((one) => one[field])).size
// The demo's time, as its newest parcel was entered.
const clock = async () => (await shipments()).map((one) => one.created_at).sort().at(-1)
const place = (text) => new URL(text).pathname

describe('the greeting', () => {
  test('names where to look, and how fast the clock runs', async () => {
    assert.match(demo.greeting, new RegExp(`http://localhost:${demo.port}/demo\n`))
    assert.match(demo.greeting, /1500 times/)
    const [address] = /http:\/\/localhost:\d+\/t\/\S+/.exec(demo.greeting)
    assert.match(await demo.page(place(address)), /<html lang=/)
  })
  test('its three lines work as they stand', () => {
    const lines = demo.greeting.match(/^ {4}curl .*$/gm)
    assert.equal(lines.length, 3)
    const [detected, made, found] = lines.map((line) =>
      JSON.parse(execFileSync('bash', ['-c', line.replaceAll('localhost', '127.0.0.1')], { encoding: 'utf8' })))
    for (const answer of [detected, made, found]) assert.equal(answer.meta.code, 200, JSON.stringify(answer.meta))
    assert.ok(detected.data.some((courier) => courier.courier_code === demo.spare.courier_code), 'the courier is not detected')
    assert.notEqual(made.data.delivery_status, 'pending')
    assert.equal(found.data[0].id, made.data.id)
  })
})

describe('the shop', () => {
  test('shows parcels of at least 20 carriers in at least 5 states within 20 seconds', async () => {
    await until('20 carriers, 5 states', 20_000 - (Date.now() - started), async () => {
      const all = await shipments()
      return all.length > 150 && different(all, 'courier_code') >= 20 && different(all, 'delivery_status') >= 5
    })
    const page = await demo.page('/demo')
    const statuses = new Set([...page.matchAll(/href="\?status=(\w+)"/g)].map((match) => match[1]))
    assert.ok(statuses.size >= 5, `${[...statuses]}`)
    assert.ok(new Set(page.match(/\/t\/[\w-]+/g)).size > 20)
  })
  test('no carrier is out of reach, and none speaks what is not understood', async () => {
    const all = await shipments()
    assert.deepEqual(all.filter((one) => !/^[A-Z0-9]{6,}$/.test(one.tracking_number)), [])
    assert.equal(new Set(all.map((one) => `${one.courier_code} ${one.tracking_number}`)).size, all.length)
    const metrics = await (await fetch(`${demo.origin}/metrics`)).text()
    const answers = [...metrics.matchAll(/^milepost_carriers_answers_total\{carrier="(.+)",outcome="(\w+)"\} [1-9]/gm)]
    assert.ok(new Set(answers.map(([, carrier]) => carrier)).size >= 20)
    assert.deepEqual(answers.filter(([, , outcome]) => !['answered', 'notfound'].includes(outcome)).map(([line]) => line), [])
  })
  test('a tracking page changes as time goes by', async () => {
    const pages = new Map()
    const addresses = [...new Set((await demo.page('/demo?status=transit')).match(/\/t\/[\w-]+/g))].slice(0, 8)
    assert.ok(addresses.length > 0)
    const events = async (address) => ((await demo.page(address)).match(/<div class="when">/g) ?? []).length
    for (const address of addresses) pages.set(address, await events(address))
    await until('one of eight parcels has news', 60_000, async () => {
      for (const [address, before] of pages) if ((await events(address)) > before) return true
      return false
    }, 500)
  })
})

describe('stopped and started again', () => {
  let before
  test('SIGTERM ends it within ten seconds', async () => {
    before = { time: await clock(), ids: (await shipments()).map((one) => one.id) }
    await demo.stop()
  })
  test('it goes on with the same parcels, and the clock where it stood', async () => {
    const [stood] = readFileSync(path.join(demo.data, 'demo-state'), 'utf8').split(' ').map(Number)
    await demo.start()
    const ids = new Set((await demo.call('GET', '/v4/trackings/get?items_amount=200&pages_amount=1')).map((one) => one.id))
    const kept = before.ids.filter((id) => ids.has(id)).length
    assert.ok(kept >= before.ids.length * 0.9, `${kept} of ${before.ids.length} are there`)
    const now = await until('a new parcel', 30_000, async () => {
      const time = await clock()
      return time > before.time && time
    })
    // Not from the moment of the restart, and not from the beginning.
    assert.ok(Date.parse(now) >= stood / 1000 - 60_000, `${now} is before the clock stood`)
    assert.ok(Date.parse(now) < stood / 1000 + 24 * 3600_000 * 2, `${now} is long after the clock stood`)
  })
  test('killed with -9 it goes on as well', async () => {
    const time = await clock()
    const [one] = await shipments()
    await demo.kill()
    await demo.start()
    assert.equal((await demo.call('GET', `/v4/trackings/get?tracking_numbers=${one.tracking_number}`))[0].id, one.id)
    await until('a new parcel', 30_000, async () => (await clock()) > time)
    await demo.stop()
  })
})
