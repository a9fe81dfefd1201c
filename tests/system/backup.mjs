// Backup, erasure, and the old backup restored: what was erased in between stays erased. See backup.sh.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { binary, Milepost } from '../sdk/server.mjs'

const folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-backup-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const run = (...words) => {
  const { status, stdout, stderr } = spawnSync(binary, words, { cwd: folder, encoding: 'utf8', timeout: 60_000 })
  return { code: status, said: stdout + stderr, out: stdout }
}
const good = (...words) => {
  const result = run(...words)
  assert.equal(result.code, 0, `milepost ${words.join(' ')}: ${result.said}`)
  return result.out
}
// Every byte of every file below a folder.
const bytesBelow = (where) => readdirSync(where, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile()).map((entry) => readFileSync(path.join(entry.parentPath ?? entry.path, entry.name)))
const holds = (where, text) => bytesBelow(where).some((bytes) => bytes.includes(text))

describe('a backup', () => {
  let milepost, data, backups, store, keys
  const erased = 'Wilhelmina Zandstra', kept = 'Bartholomew Achterberg'

  before(async () => {
    milepost = await Milepost.start({ accounts: { shop: 'standard' } })
    data = path.join(milepost.folder, 'data')
    const create = (number, name) => milepost.call('POST', '/v4/trackings/create',
      { key: milepost.keys.shop, body: { tracking_number: number, courier_code: 'ups', customer_name: name } })
    const one = await create('1Z999AA10123456784', erased)
    await create('1ZR8W2454340154399', kept)
    backups = path.join(milepost.folder, 'backups')
    good('backup', 'create', backups, ...milepost.place)
    const files = readdirSync(backups).sort()
    keys = path.join(backups, files.find((name) => name.endsWith('.keys')))
    store = path.join(backups, files.find((name) => name.endsWith('.store')))
    const gone = await milepost.call('DELETE', `/v4/trackings/delete/${one.json.data.id}`, { key: milepost.keys.shop })
    assert.equal(gone.json.meta.code, 200)
  })
  after(() => milepost?.stop())

  // A new machine: nothing but the master key, and the list of the forgotten if there is one.
  const restore = (name, withList) => {
    const where = path.join(folder, name)
    mkdirSync(where, { mode: 0o700 })
    copyFileSync(path.join(data, 'master.key'), path.join(where, 'master.key'))
    const list = withList ? ['--forgotten', path.join(data, 'forgotten')] : []
    return { where, ...run('restore', '--data', where, '--store', store, '--keys', keys, ...list) }
  }
  const names = (where) => JSON.parse(good('shipments', 'export', '--data', where, '--account', String(milepost.ids.shop)))
    .map((shipment) => shipment.customer_name)

  // clause-032.dump
  test('is its owner’s alone and shows nobody’s name', () => {
    for (const file of [store, keys]) assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.ok(!holds(backups, erased) && !holds(backups, kept) && !holds(backups, '1Z999AA10123456784'))
    assert.match(good('backup', 'verify', store, keys, ...milepost.place), /whole.*\n.*whole/)
  })
  test('that was damaged is not restored', () => {
    const bytes = readFileSync(store)
    bytes[bytes.length >> 1] ^= 1
    const broken = path.join(folder, 'broken.store')
    writeFileSync(broken, bytes)
    const { code, said } = run('backup', 'verify', broken, ...milepost.place)
    assert.equal(code, 1)
    assert.match(said, /damaged/)
  })
  // Without this the next test would show nothing.
  test('restored without the list of the forgotten brings everybody back', () => {
    const { where, code, said } = restore('naive', false)
    assert.equal(code, 0, said)
    assert.deepEqual(names(where).sort(), [kept, erased])
  })
  // clause-046.backup clause-087.restore
  test('restored with it brings nobody back who was erased since, and no byte on disk names them', () => {
    const { where, code, said } = restore('again', true)
    assert.equal(code, 0, said)
    assert.match(said, /forgotten again: 1 people/)
    assert.deepEqual(names(where), [kept])
    assert.ok(!holds(where, erased) && !holds(where, 'Zandstra'))
    assert.ok(!holds(where, '1Z999AA10123456784'), 'the erased parcel’s number is still there')
    assert.match(good('audit', 'verify', '--data', where), /sound/)
  })
  test('goes into an empty instance only', () => {
    const { code, said } = run('restore', '--data', path.join(folder, 'again'), '--store', store, '--keys', keys)
    assert.equal(code, 1)
    assert.match(said, /not empty/)
  })
  test('of another instance is refused', () => {
    const where = path.join(folder, 'other')
    good('account', 'create', '--email', 'a@example.com', '--data', where)
    const { code, said } = run('backup', 'verify', store, '--data', where)
    assert.equal(code, 1)
    assert.match(said, /another master key/)
  })
  test('of the keys may not be meant to live long', () => {
    const { code, said } = run('backup', 'create', backups, '--keys-days', '60', ...milepost.place)
    assert.equal(code, 2)
    assert.match(said, /1 to 14/)
  })
})
