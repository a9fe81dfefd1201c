// A buyer has everything about them erased, by the link that goes to their address and without an account; afterwards no
// byte on disk names them, and an old backup does not bring them back. See erased.sh.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Milepost, binary, freePort, sleep } from '../sdk/server.mjs'

const name = 'Wilhelmina Zandstra', address = 'wilhelmina.zandstra@example.com', kept = 'Bartholomew Achterberg'
const folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-erased-'))
let catcher, catcherOrigin, milepost, data, backups

before(async () => {
  const [mailPort, webPort] = [await freePort(), await freePort()]
  catcher = spawn(binary, ['mail', 'catch', '--port', String(mailPort), '--web', String(webPort)], { stdio: 'ignore' })
  catcherOrigin = `http://127.0.0.1:${webPort}`
  milepost = await Milepost.start({
    accounts: { shop: 'standard' },
    config: ['[mail]', `relays = "smtp://127.0.0.1:${mailPort}"`, 'from = "Atelier Blom <parcels@blom.example>"'],
  })
  data = path.join(milepost.folder, 'data')
  const create = (number, customer_name, customer_email) => milepost.call('POST', '/v4/trackings/create',
    { key: milepost.keys.shop, body: { tracking_number: number, courier_code: 'ups', customer_name, customer_email } })
  for (const answer of [await create('1Z999AA10123456784', name, address), await create('1ZR8W2454340154399', kept, 'b@example.com')]) {
    assert.equal(answer.json.meta.code, 200)
  }
  backups = path.join(folder, 'backups')
  good('backup', 'create', backups, ...milepost.place)
})
after(async () => {
  await milepost?.stop()
  catcher?.kill()
  rmSync(folder, { recursive: true, force: true })
})

function good(...words) {
  const { status, stdout, stderr } = spawnSync(binary, words, { cwd: folder, encoding: 'utf8', timeout: 60_000 })
  assert.equal(status, 0, `milepost ${words.join(' ')}: ${stdout}${stderr}`)
  return stdout
}
const holds = (where, text) => readdirSync(where, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .filter((entry) => readFileSync(path.join(entry.parentPath ?? entry.path, entry.name)).includes(text)).map((entry) => entry.name)
const post = (target, fields = {}) => fetch(new URL(target, milepost.origin), {
  method: 'POST', redirect: 'manual', headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: milepost.origin },
  body: new URLSearchParams(fields).toString(),
})
async function until(what, look) {
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(100)) {
    const found = await look()
    if (found) return found
  }
  assert.fail(`not in time: ${what}`)
}
async function linkInMail() {
  const list = await (await fetch(`${catcherOrigin}/demo/mail`)).text()
  for (const [, n] of list.matchAll(/\/demo\/mail\/(\d+)/g)) {
    const text = await (await fetch(`${catcherOrigin}/demo/mail/${n}?view=text`)).text()
    const found = /https?:\/\/[^\s<"]*(\/rights\/link\/[\w-]+)/.exec(text)
    if (found) return found[1]
  }
}

let mine
// clause-096.link clause-133.journey
test('the link goes to the address alone, and opens everything that is kept', async () => {
  assert.equal((await post('/rights', { address })).status, 200)
  const link = await until('the letter', linkInMail)
  const opened = await post(link)
  assert.equal(opened.status, 303)
  assert.equal(opened.headers.get('set-cookie'), null)
  mine = opened.headers.get('location').split('?')[0]
  const page = await (await fetch(new URL(mine, milepost.origin))).text()
  assert.ok(page.includes('1Z999AA10123456784'))
  assert.ok(!page.includes('1ZR8W2454340154399'), 'somebody else’s parcel')
  assert.notEqual((await post(link)).status, 303, 'the link opens once')
})

// clause-087.search
test('erased by one button, nobody finds the name in any byte on disk', async () => {
  const answer = await post(`${mine}/erasure`, { sure: 'yes' })
  assert.ok(answer.status === 200 || answer.status === 303, String(answer.status))
  await until('the parcel is gone', async () => {
    const got = await milepost.call('GET', '/v4/trackings/get?tracking_numbers=1Z999AA10123456784', { key: milepost.keys.shop })
    return got.json.data.length === 0
  })
  await until('the last letter is sent and gone', async () => holds(milepost.folder, address).length === 0 && holds(milepost.folder, 'Zandstra').length === 0)
  for (const text of [name, 'Zandstra', address]) assert.deepEqual(holds(milepost.folder, text), [], text)
  const other = await milepost.call('GET', '/v4/trackings/get?tracking_numbers=1ZR8W2454340154399', { key: milepost.keys.shop })
  assert.equal(other.json.data[0].customer_name, kept)
})

// clause-087.restore
test('an old backup, restored, does not bring the person back', async () => {
  const where = path.join(folder, 'restored')
  mkdirSync(where, { mode: 0o700 })
  copyFileSync(path.join(data, 'master.key'), path.join(where, 'master.key'))
  const [keys, store] = readdirSync(backups).sort().map((file) => path.join(backups, file))
  good('restore', '--data', where, '--store', store, '--keys', keys, '--forgotten', path.join(data, 'forgotten'))
  const all = JSON.parse(good('shipments', 'export', '--data', where, '--account', String(milepost.ids.shop)))
  assert.deepEqual(all.map((shipment) => shipment.customer_name), [kept])
  for (const text of [name, 'Zandstra', address]) assert.deepEqual([...holds(where, text), ...holds(backups, text)], [], text)
})
