// A simulated UPS whose every answer has other names than yesterday: it parses and maps to nothing. The program as it is
// asks it, and must neither take anything from it nor keep quiet about it. See drift.sh.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, test } from 'node:test'
import { binary, freePort, Milepost, sleep } from '../sdk/server.mjs'

let simulator, parcel, milepost

before(async () => {
  const port = await freePort()
  simulator = spawn(binary, ['--json', 'simulate', '--port', String(port), '--carrier', 'ups', '--faults', 'drift=1', '--show', '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.once('exit', () => simulator.kill('SIGKILL'))
  const line = await new Promise((done) => simulator.stdout.once('data', done))
  parcel = JSON.parse(String(line).split('\n')[0])
  milepost = await Milepost.start({
    accounts: { shop: 'unlimited' },
    config: ['[carriers.ups]', 'client_id = "i"', 'client_secret = "s"', `base = "${parcel.base}"`],
  })
})
after(async () => {
  simulator?.kill()
  await milepost?.stop()
})

// What was counted is written down every few seconds.
async function until(what, is) {
  const deadline = Date.now() + 30_000
  for (;;) {
    const found = await is()
    if (found) return found
    assert.ok(Date.now() < deadline, `never: ${what}`)
    await sleep(200)
  }
}

test('drift is an alarm on the health page and in the metrics, and says nothing about the parcel', async () => {
  const calm = await milepost.call('GET', '/carriers')
  assert.equal(calm.status, 200)
  assert.doesNotMatch(calm.text, /role="alert"/)

  const made = await milepost.call('POST', '/v4/trackings/create', {
    key: milepost.keys.shop,
    body: { tracking_number: parcel.tracking_number, courier_code: 'ups' },
  })
  assert.equal(made.status, 200, made.text)

  const facts = await until('the alarm', async () => {
    const { json } = await milepost.call('GET', '/carriers.json')
    return json.drift_alarm && json
  })
  const [ups] = facts.carriers
  assert.equal(ups.id, 'ups')
  assert.equal(ups.state, 'drift')
  assert.ok(ups.failures_24h.drift >= 1)
  assert.match((await milepost.call('GET', '/carriers')).text, /role="alert"[\s\S]*UPS[\s\S]*<table/)
  assert.match((await milepost.call('GET', '/metrics')).text, /milepost_carriers_answers_total\{carrier="ups",outcome="drift"\} [1-9]/)

  // Never "not found": only the carrier's word makes a number unknown.
  const got = await milepost.call('GET', `/v4/trackings/get?tracking_numbers=${parcel.tracking_number}`, { key: milepost.keys.shop })
  assert.equal(got.json.data[0].delivery_status, 'pending')
  assert.doesNotMatch((await milepost.call('GET', '/carriers')).text + JSON.stringify(facts), new RegExp(parcel.tracking_number))
})
