// The command line from outside: what it prints, for people and for programs, and how it ends. See cli.sh.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { binary, Milepost, sleep } from '../sdk/server.mjs'

assert.ok(existsSync(binary), `no program at ${binary}: build it first`)
const folder = mkdtempSync(path.join(os.tmpdir(), 'milepost-cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const file = (name) => path.join(folder, name)

// Nothing of the tester's own configuration.
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MILEPOST_')))

// Runs the program in an empty folder of its own; gives its exit code and what it said.
function run(words, { input = '', data = file('data'), env = {} } = {}) {
  const { status, signal, stdout, stderr } = spawnSync(binary, words, {
    cwd: folder, input, encoding: 'utf8', timeout: 60_000, maxBuffer: 256 << 20, env: { ...environment, MILEPOST_DATA: data, ...env },
  })
  assert.equal(signal, null, `milepost ${words.join(' ')} ended by ${signal}`)
  return { code: status, out: stdout, err: stderr, said: stdout + stderr }
}
function good(words, options) {
  const result = run(words, options)
  assert.equal(result.code, 0, `milepost ${words.join(' ')}: ${result.said}`)
  return result
}
// One JSON object a line.
const lines = (text) => text.split('\n').filter(Boolean).map((line) => JSON.parse(line))
const json = (words, options) => lines(good([...words, '--json'], options).out)

// ---- What is told ----------------------------------------------------------------------------------------------------

// Every command there is, found by asking.
function commands(path = []) {
  const help = good([...path, '--help']).out
  const listed = /^Subcommands:\n((?: {2}\S.*\n(?: {4,}.*\n)*)+)/m.exec(help)?.[1] ?? ''
  const names = [...listed.matchAll(/^ {2}(\S+)/gm)].map((match) => match[1])
  return [{ path, help, names }, ...names.flatMap((name) => commands([...path, name]))]
}

describe('help', () => {
  const all = commands()
  test('there are the commands that others rely on', () => {
    const known = new Set(all.map(({ path }) => path.join(' ')))
    for (const name of ['serve', 'detect', 'classify', 'couriers', 'account create', 'account list', 'key create', 'key import', 'key list', 'key revoke',
      'shipments import', 'shipments export', 'config check', 'migrate', 'version', 'completion']) assert.ok(known.has(name), name)
  })
  test('every command says what it does, how it is called, and something to learn from', () => {
    for (const { path, help, names } of all) {
      const name = ['milepost', ...path].join(' ')
      assert.match(help.split('\n')[0], /\S+ \S+/, `${name} does not say what it does`)
      assert.ok(help.includes(`Usage: ${name}`), `${name} does not say how it is called`)
      // Beyond the list of options: an example, or a sentence.
      const behind = help.slice(help.lastIndexOf('Options:')).split(/\n\n/).slice(1).join('\n')
      assert.ok(names.length > 0 || behind.trim().length > 20, `${name} has neither example nor explanation`)
    }
  })
  test('the version, as text and as JSON', () => {
    assert.match(good(['version']).out, /^milepost \d+\.\d+\.\d+\S*\n$/)
    assert.equal(good(['--version']).out, good(['version']).out)
    const [told] = json(['version'])
    assert.equal(`milepost ${told.version}\n`, good(['version']).out)
    assert.deepEqual(told.api, ['trackingmore-v4'])
  })
})

describe('exit codes', () => {
  for (const [words, code, says] of [
    [[], 2, /subcommand|command/i],
    [['nonsense'], 2, /command/i],
    [['detect', '--nonsense', '1'], 2, /--nonsense/],
    [['key', 'create'], 2, /--account/],
    [['key', 'create', '--account', 'x'], 2, /account/i],
    [['shipments', 'import', '--account', '1', '--format', 'v9', 'file'], 2, /format/],
    [['serve', '--listen', 'nowhere'], 2, /HOST:PORT/],
    [['completion', 'tcsh'], 2, /bash/],
    [['account', 'create', '--email', 'no address'], 1, /e-mail/],
    [['account', 'create', '--email', 'a@example.com', '--plan', 'golden'], 1, /plan/],
    [['key', 'create', '--account', '7', '--name', 'x'], 1, /account/],
    [['shipments', 'import', '--account', '7', 'nowhere.json'], 1, /nowhere\.json/],
    [['shipments', 'export', '--account', '7'], 1, /account/],
    [['version'], 0, /milepost/],
  ]) {
    test(`${['milepost', ...words].join(' ')}: ${code}`, () => {
      const result = run(words)
      assert.equal(result.code, code, result.said)
      assert.match(result.said, says)
      if (code !== 0) assert.equal(result.out, '', 'a complaint belongs on standard error')
    })
  }
  test('a full disk or a closed pipe is no success', { skip: !existsSync('/dev/full') && 'no /dev/full' }, () => {
    const { status } = spawnSync('bash', ['-c', '"$0" config example >/dev/full', binary], { env: environment })
    assert.notEqual(status, 0)
  })
})

describe('detect', () => {
  const numbers = ['RR473124829GB', '1Z999AA10123456784', 'RR473124839GB', 'hello']
  function judge(answers, inputs) {
    assert.equal(answers.length, inputs.length)
    answers.forEach((answer, i) => {
      assert.deepEqual(Object.keys(answer), ['input', 'verdict', 'candidates'])
      assert.equal(answer.input, inputs[i])
      assert.ok(['certain', 'likely', 'ambiguous', 'mistyped', 'unknown'].includes(answer.verdict), answer.verdict)
      let last = 1
      for (const candidate of answer.candidates) {
        assert.deepEqual(Object.keys(candidate), ['courier_code', 'confidence', 'evidence'])
        assert.match(candidate.courier_code, /^[a-z0-9-]+$/)
        assert.ok(candidate.confidence >= 0 && candidate.confidence <= last, 'best first, from 0 to 1')
        last = candidate.confidence
        assert.ok(candidate.evidence.length > 0 && candidate.evidence.every((says) => typeof says === 'string' && says.length > 5))
      }
      assert.equal(answer.verdict === 'unknown', answer.candidates.length === 0)
    })
    assert.deepEqual(answers.slice(1, 4).map((answer) => answer.verdict), ['certain', 'mistyped', 'unknown'])
    assert.deepEqual(answers.slice(0, 2).map((answer) => answer.candidates[0].courier_code), ['royal-mail', 'ups'])
  }
  test('JSON from arguments', () => judge(json(['detect', ...numbers]), numbers))
  test('JSON from standard input, one object a line; empty lines and missing line ends are forgiven', () => {
    judge(json(['detect'], { input: ` ${numbers.join('\r\n\n  ')}` }), numbers)
  })
  test('bytes that are no text do no harm', () => {
    const [answer] = json(['detect'], { input: Buffer.from([0xff, 0xfe, 0x31, 0x00, 0x32, 0x0a]) })
    assert.equal(typeof answer.input, 'string')
  })
  test('a long list costs no more than its lines', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `1Z999AA1${String(i).padStart(10, '0')}`)
    assert.equal(json(['detect'], { input: many.join('\n') }).length, many.length)
  })
  test('a person reads why, what the parts mean, and where to look', () => {
    const { out } = good(['detect', numbers[0]])
    assert.match(out, /royal-mail/)
    assert.match(out, /check digit/)
    assert.match(out, /serial/)
    assert.match(out, /https:\/\/\S*RR473124829GB/)
    // Colours are for terminals only.
    assert.doesNotMatch(out, /\x1b/)
  })
  test('no data folder is made for it', () => {
    good(['detect', '1'], { data: file('never') })
    assert.ok(!existsSync(file('never')))
  })
})

describe('classify', () => {
  const header = 'carrier,raw_code,description,language,mine\n'
  const classify = (rows, words = []) => good(['classify', ...words], { input: header + rows }).out.split('\n')
  test('the rows come back as they were, with status, substatus and by what', () => {
    assert.deepEqual(classify('usps,OF,Out for Delivery,en,"a, b"\nnobody,,Delivered to the recipient,en,2\nnobody,,Qwrt zxcvb,,3\n'), [
      'carrier,raw_code,description,language,mine,status,substatus,by',
      'usps,OF,Out for Delivery,en,"a, b",pickup,pickup001,code',
      'nobody,,Delivered to the recipient,en,2,delivered,delivered001,wording-rule',
      'nobody,,Qwrt zxcvb,,3,,,unknown',
      '',
    ])
  })
  test("a standard's name stands for its codes, and Colissimo is found under its own", () => {
    const lines = classify('upu-emsevt,EMD,,,\ncolissimo,LIVVOI,,fr,\n')
    assert.match(lines[1], /,transit,transit004,standard$/)
    assert.match(lines[2], /,delivered,delivered004,code$/)
  })
  test('line ends in cells, short rows and empty lines do no harm', () => {
    const lines = classify('ups,,"Out for\nDelivery"\r\n\r\nups\n')
    assert.deepEqual(lines.slice(1), ['ups,,"Out for', 'Delivery",,,pickup,pickup001,carrier-wording', 'ups,,,,,,,unknown', ''])
  })
  test('--why names the row or the words that decided', () => assert.match(classify('usps,OF,,,\n', ['--why'])[1], /code OF/))
  test('without a header that names a column it says so', () => {
    const { code, err } = run(['classify'], { input: 'a,b\n1,2\n' })
    assert.equal(code, 1)
    assert.match(err, /raw_code or description/)
  })
  test('a hundred thousand rows take seconds', () => {
    assert.equal(classify('ups,,Out for Delivery,en,\n'.repeat(100_000)).length, 100_002)
  })
})

describe('configuration', () => {
  function check(text) {
    writeFileSync(file('some.toml'), text)
    return run(['config', 'check', file('some.toml')])
  }
  test('the example is in order', () => {
    assert.equal(check(good(['config', 'example']).out).code, 0)
  })
  for (const [name, text, mistakes] of [
    ['unknown keys and wrong kinds', '[server]\nlisten = "127.0.0.1:1"\nthreds = 3\nbody_limit = "x"\n\n[nowhere]\nx = 1\n', [[3, 'server.threds'], [4, 'server.body_limit'], [7, 'nowhere.x']]],
    ['wrong values', '[log]\nlevel = "loud"\n[server]\nlisten = "here"\n[store]\nurl = "mysql://x"\n', [[2, 'log.level'], [4, 'server.listen'], [6, 'store.url']]],
    ['no TOML', '[server]\nlisten = "a"\nnonsense\n', [[3, '']]],
  ]) {
    test(`${name}: file, line and key are named, and the exit code is 2`, () => {
      const result = check(text)
      assert.equal(result.code, 2, result.said)
      for (const [line, key] of mistakes) {
        const named = `${file('some.toml')}:${line}: ${key}`
        assert.ok(result.said.includes(named), `${named} is missing in\n${result.said}`)
      }
      const told = lines(run(['config', 'check', '--json', file('some.toml')]).out)
      for (const [line, key] of mistakes) assert.ok(told.some((mistake) => mistake.line === line && (mistake.key ?? '') === key), `line ${line} in JSON`)
      // A server does not start on it.
      assert.equal(run(['serve', '--config', file('some.toml')]).code, 2)
    })
  }
  test('the environment outranks the file, and is checked too', () => {
    writeFileSync(file('some.toml'), '[log]\nlevel = "error"\n')
    const level = () => json(['config', 'show', '--config', file('some.toml')], { env: { MILEPOST_LOG_LEVEL: 'debug' } }).find(({ key }) => key === 'log.level')
    assert.equal(level().value, 'debug')
    const wrong = run(['config', 'check'], { env: { MILEPOST_SERVER_THREADS: 'many' } })
    assert.equal(wrong.code, 2)
    assert.match(wrong.said, /MILEPOST_SERVER_THREADS/)
  })
  test('a password in a URL is not shown', () => {
    const { out } = good(['config', 'show'], { env: { MILEPOST_STORE_URL: 'postgres://milepost:hunter2@db/milepost' } })
    assert.doesNotMatch(out, /hunter2/)
  })
})

describe('completion', () => {
  const complete = (line) => {
    const words = line.split(' ')
    const script = `source <("$MILEPOST" completion bash) || exit 1
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
      _milepost && printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', script], { encoding: 'utf8', cwd: folder, env: { ...environment, MILEPOST: binary } }).split('\n').filter(Boolean)
  }
  test('bash loads it without a word', () => {
    const shell = spawnSync('bash', ['-euc', 'source <("$MILEPOST" completion bash); complete -p milepost'], { encoding: 'utf8', env: { ...environment, MILEPOST: binary } })
    assert.equal(shell.status, 0, shell.stderr)
    assert.equal(shell.stderr, '')
    assert.match(shell.stdout, /milepost$/m)
  })
  test('it knows commands, subcommands and options', () => {
    assert.deepEqual(complete('milepost det'), ['detect'])
    assert.deepEqual(complete('milepost key im'), ['import'])
    assert.deepEqual(complete('milepost key create --acc'), ['--account'])
    assert.deepEqual(complete('milepost --data somewhere shipments ex'), ['export'])
  })
  for (const shell of ['zsh', 'fish']) test(`${shell}: a script`, () => assert.match(good(['completion', shell]).out, /milepost/))
})

// ---- What is done ----------------------------------------------------------------------------------------------------

const leg = (over) => ({
  courier_code: null, courier_phone: null, weblink: null, reference_number: null,
  milestone_date: { inforeceived_date: null, pickup_date: null, outfordelivery_date: null, delivery_date: null, returning_date: null, returned_date: null },
  pickup_date: null, departed_airport_date: null, arrived_abroad_date: null, customs_received_date: null, arrived_destination_date: null, trackinfo: [], ...over,
})
const scan = (date, status, substatus, words, place = {}) => ({
  checkpoint_date: date, checkpoint_delivery_status: status, checkpoint_delivery_substatus: substatus, tracking_detail: words,
  location: null, country_iso2: null, state: null, city: null, zip: null, raw_status: null, ...place,
})

// A whole tracking object, as another platform's export gives it.
function tracking(over) {
  const names = ['order_number', 'order_date', 'destination_country', 'destination_state', 'destination_city', 'origin_country', 'origin_state', 'origin_city',
    'tracking_postal_code', 'tracking_ship_date', 'tracking_destination_country', 'tracking_origin_country', 'tracking_key', 'tracking_courier_account',
    'customer_name', 'customer_email', 'customer_sms', 'recipient_postcode', 'order_id', 'title', 'logistics_channel', 'note', 'label', 'signed_by', 'service_code',
    'weight', 'weight_kg', 'product_type', 'pieces', 'dimension', 'previously', 'destination_track_number', 'exchange_number', 'scheduled_delivery_date',
    'scheduled_address', 'substatus', 'status_info', 'latest_event', 'latest_checkpoint_time']
  return {
    ...Object.fromEntries(names.map((name) => [name, null])), courier_code: 'usps', archived: 'tracking', updating: false, source: 'API',
    transit_time: 0, delivery_status: 'pending', origin_info: leg({ courier_code: over.courier_code ?? 'usps', courier_phone: '1', weblink: 'https://carrier.example/' }),
    destination_info: leg({}), ...over,
  }
}

const exported = [
  tracking({
    id: '9a73b452e03c2c724414f3859fad1c2c', tracking_number: '9400111899562537683144', created_at: '2023-10-25T07:02:52+00:00', update_at: '2023-10-28T16:00:00+00:00',
    delivery_status: 'delivered', substatus: 'delivered004', archived: 'archived', order_number: '114-0292795', order_id: '77', order_date: '2023-10-24 16:51',
    customer_name: 'Zoë 山田', customer_email: 'zoe@example.com', customer_sms: '+15551234567', recipient_postcode: '20707', title: 'A “box”', note: 'line\nline', label: '1,2',
    origin_country: 'US', destination_country: 'US', destination_state: 'MD', destination_city: 'LAUREL', signed_by: 'Miller', weight: '12.10LBS', weight_kg: '5.49', pieces: '1',
    dimension: '0*0*0', transit_time: 3, latest_event: 'Delivered,LAUREL,MD,US,2023-10-28 12:00', latest_checkpoint_time: '2023-10-28T12:00:00',
    origin_info: leg({
      courier_code: 'usps', courier_phone: '+1 800-275-8777', weblink: 'https://www.usps.com/', pickup_date: '2023-10-25T23:13:00',
      milestone_date: { inforeceived_date: '2023-10-25T07:00:00', pickup_date: '2023-10-25T23:13:00', outfordelivery_date: null, delivery_date: '2023-10-28T12:00:00', returning_date: null, returned_date: null },
      trackinfo: [
        scan('2023-10-28T12:00:00', 'delivered', 'delivered004', 'Delivered, Front Door', { location: 'Laurel,MD,US', country_iso2: 'US', state: 'MD', city: 'Laurel', zip: '20707', raw_status: '01' }),
        scan('2023-10-25T23:13:00+08:00', 'transit', 'transit002', 'Arrived at Facility'),
      ],
    }),
  }),
  tracking({ id: '0123456789abcdef0123456789abcdef', tracking_number: 'RR473124829GB', courier_code: 'royal-mail', created_at: '2023-10-26T00:00:00+00:00', update_at: '2023-10-26T00:00:01+00:00', delivery_status: 'exception', substatus: 'exception011', source: 'WEB', customer_name: 'Ada' }),
  tracking({ id: 'ffffffffffffffffffffffffffffffff', tracking_number: 'XX12345', courier_code: 'a-courier-nobody-knows', created_at: '2023-10-27T00:00:00+00:00', update_at: '2023-10-27T00:00:00+00:00', updating: true }),
]
const byId = (shipments) => [...shipments].sort((a, b) => (a.id < b.id ? -1 : 1))

describe('accounts, keys and shipments beside a running server', () => {
  let milepost
  before(async () => {
    milepost = await Milepost.start({ accounts: { first: 'unlimited', second: 'unlimited', many: 'unlimited' } })
  })
  after(() => milepost.stop())
  const beside = (words, options) => run([...words, ...milepost.place], options)
  const besideJson = (words, options) => json([...words, ...milepost.place], options)
  const account = (name) => String(milepost.ids[name])
  const get = async (name, query = '') => {
    const answer = await milepost.call('GET', `/v4/trackings/get${query}`, { key: milepost.keys[name] })
    assert.equal(answer.status, 200, answer.text)
    return answer.json.data
  }
  const statusWith = async (key) => (await milepost.call('GET', '/v4/trackings/get', { key })).status

  test('accounts are listed, their plans too', () => {
    const listed = besideJson(['account', 'list'])
    assert.deepEqual(listed.map(({ email, plan }) => [email, plan]), [['first@example.com', 'unlimited'], ['second@example.com', 'unlimited'], ['many@example.com', 'unlimited']])
    assert.deepEqual(listed.map(({ account_id }) => account_id), Object.values(milepost.ids))
    const plans = Object.fromEntries(besideJson(['account', 'plans']).map((plan) => [plan.plan, plan]))
    assert.deepEqual([plans.free.monthly_quota, plans.free.creates_per_second, plans.free.others_per_second], [50, 3, 10])
    assert.deepEqual([plans.unlimited.monthly_quota, plans.unlimited.creates_per_second, plans.unlimited.others_per_second], [0, 0, 0])
    assert.equal(beside(['account', 'create', '--email', 'first@example.com']).code, 1)
  })
  test('a key is shown once, works at once, and is refused soon after it is revoked', async () => {
    const [{ key, key_id }] = besideJson(['key', 'create', '--account', account('first'), '--name', 'short-lived', '--scopes', 'read'])
    assert.equal(await statusWith(key), 200)
    const created = await milepost.call('POST', '/v4/trackings/create', { key, body: { tracking_number: 'RR473124829GB', courier_code: 'royal-mail' } })
    assert.equal(created.status, 403, 'a key that may read may not write')
    const listed = beside(['key', 'list', '--account', account('first'), '--json'])
    assert.ok(!listed.out.includes(key))
    const mine = lines(listed.out).find((one) => one.key_id === key_id)
    assert.equal(mine.name, 'short-lived')
    assert.ok(key.startsWith(mine.prefix) && mine.prefix.length < key.length / 2)
    assert.equal(mine.revoked_at, null)
    assert.equal(beside(['key', 'revoke', '--account', account('first'), '--key', String(key_id)]).code, 0)
    assert.equal(beside(['key', 'revoke', '--account', account('first'), '--key', String(key_id)]).code, 1, 'revoked twice')
    for (const deadline = Date.now() + 5000; (await statusWith(key)) !== 401; await sleep(100)) assert.ok(Date.now() < deadline, 'still accepted after five seconds')
    assert.notEqual(lines(beside(['key', 'list', '--account', account('first'), '--json']).out).find((one) => one.key_id === key_id).revoked_at, null)
  })
  test('a key that programs hold already is taken from standard input', async () => {
    const old = 'a1b2c3d4-ghij-5678-klmn-opqr9012stuv'
    assert.equal(await statusWith(old), 401)
    const [{ key_id }] = besideJson(['key', 'import', '--account', account('first'), '--name', 'old-shop'], { input: `${old}\n` })
    assert.equal(typeof key_id, 'number')
    assert.equal(await statusWith(old), 200)
    const again = beside(['key', 'import', '--account', account('second'), '--name', 'thief'], { input: old })
    assert.equal(again.code, 1, 'one key opens one account')
    assert.ok(!again.said.includes(old))
    const short = beside(['key', 'import', '--account', account('first'), '--name', 'short'], { input: 'k9.short' })
    assert.equal(short.code, 0, short.said)
    assert.match(short.said, /guessed/, 'a short key is taken, with a warning')
    for (const input of ['', 'x'.repeat(300), 'two\nlines-of-text'])
      assert.equal(beside(['key', 'import', '--account', account('first'), '--name', 'x'], { input }).code, 1, JSON.stringify(input.slice(0, 20)))
  })
  test('a suspended account is refused with 403, and served again afterwards', async () => {
    assert.equal(beside(['account', 'suspend', '--account', account('second')]).code, 0)
    for (const deadline = Date.now() + 5000; (await statusWith(milepost.keys.second)) !== 403; await sleep(100)) assert.ok(Date.now() < deadline)
    assert.equal(beside(['account', 'resume', '--account', account('second')]).code, 0)
    for (const deadline = Date.now() + 5000; (await statusWith(milepost.keys.second)) !== 200; await sleep(100)) assert.ok(Date.now() < deadline)
  })
  // clause-104.refused clause-033.refused
  test('of another shop nobody’s data comes in before it agreed to have it processed by the terms', () => {
    writeFileSync(file('exported.json'), JSON.stringify(exported, null, 2))
    const [{ account_id }] = besideJson(['account', 'create', '--email', 'another@example.com', '--for-another'])
    const theirs = ['--account', String(account_id)]
    const refused = beside(['shipments', 'import', ...theirs, file('exported.json')])
    assert.equal(refused.code, 1)
    assert.match(refused.said, /account agree --account/)
    for (const wrong of [['--basis', 'because', '--categories', 'name'], ['--basis', 'order', '--categories', 'card']])
      assert.notEqual(beside(['account', 'agree', ...theirs, ...wrong]).code, 0, wrong.join(' '))
    assert.equal(beside(['shipments', 'import', ...theirs, file('exported.json')]).code, 1, 'still')
    assert.equal(beside(['account', 'agree', ...theirs, '--basis', 'order', '--categories', 'name,e-mail,phone,postcode,order,free-text']).code, 0)
    assert.equal(besideJson(['shipments', 'import', ...theirs, file('exported.json')])[0].stored, 3)
  })
  test('an import keeps ids, statuses and times, as the API shows them', async () => {
    assert.deepEqual(besideJson(['shipments', 'import', '--account', account('first'), '--format', 'v4', file('exported.json')]), [{ read: 3, stored: 3, already_there: 0, refused: 0, left_out: {}, complete: true }])
    const shown = await get('first')
    assert.equal(shown.length, 3)
    for (const [is, was] of byId(shown).map((shipment, i) => [shipment, byId(exported)[i]])) assert.deepEqual(is, was)
    assert.deepEqual((await get('first', '?tracking_numbers=RR473124829GB')).map(({ id }) => id), [exported[1].id])
  })
  test('a second import of the same file changes nothing', () => {
    const [counts] = besideJson(['shipments', 'import', '--account', account('first'), file('exported.json')])
    assert.deepEqual([counts.stored, counts.already_there], [0, 3])
  })
  test('an export is what the API shows, and goes into another account and another instance unchanged', async () => {
    const out = file('out.json')
    assert.deepEqual(besideJson(['shipments', 'export', '--account', account('first'), out]), [{ exported: 3, file: out }])
    assert.equal(statSync(out).mode & 0o777, 0o600, 'names and addresses are for the owner only')
    const whole = JSON.parse(readFileSync(out, 'utf8'))
    const shown = await get('first')
    assert.deepEqual(byId(whole), byId(shown))
    assert.deepEqual(JSON.parse(beside(['shipments', 'export', '--account', account('first')]).out), whole)

    assert.equal(beside(['shipments', 'import', '--account', account('second'), out]).code, 0)
    assert.deepEqual(await get('second'), shown)

    const data = file('another')
    const [{ account_id }] = json(['account', 'create', '--email', 'moved@example.com'], { data })
    good(['shipments', 'import', '--account', String(account_id), out], { data })
    assert.equal(good(['shipments', 'export', '--account', String(account_id)], { data }).out, readFileSync(out, 'utf8'))
  })
  test('what an API call answered can be imported as it is', () => {
    const data = file('enveloped')
    const [{ account_id }] = json(['account', 'create', '--email', 'a@example.com'], { data })
    writeFileSync(file('answer.json'), JSON.stringify({ meta: { code: 200, message: 'Request response is successful' }, data: exported }))
    assert.equal(json(['shipments', 'import', '--account', String(account_id), file('answer.json')], { data })[0].stored, 3)
  })
  test('what cannot be taken is named and counted; the rest is stored', () => {
    const data = file('partly')
    const [{ account_id }] = json(['account', 'create', '--email', 'a@example.com'], { data })
    const secret = 'Mrs Private'
    const bad = [{ ...exported[0], delivery_status: 'lost', customer_name: secret }, { ...exported[1], tracking_number: '' }, exported[2], { ...exported[2], id: undefined, tracking_number: 'XX99', created_at: 'yesterday' }]
    writeFileSync(file('bad.json'), JSON.stringify(bad))
    const result = run(['shipments', 'import', '--account', String(account_id), file('bad.json'), '--json'], { data })
    assert.equal(result.code, 1)
    assert.deepEqual(lines(result.out), [{ read: 4, stored: 1, already_there: 0, refused: 3, left_out: {}, complete: true }])
    for (const says of [/object 1: .*delivery_status/, /object 2: .*tracking_number/, /object 4: .*created_at/]) assert.match(result.err, says)
    assert.ok(!result.said.includes(secret))
    for (const text of ['', '{}', '[', 'nonsense', '[1,2]']) {
      writeFileSync(file('bad.json'), text)
      assert.equal(run(['shipments', 'import', '--account', String(account_id), file('bad.json')], { data }).code, 1, text)
    }
  })

  const amount = 6000
  const numberOf = (i) => `CLI${String(i).padStart(8, '0')}`
  function many() {
    const all = Array.from({ length: amount }, (_, i) => {
      const second = new Date(Date.UTC(2024, 0, 1) + i * 1000).toISOString().replace('.000Z', '+00:00')
      return tracking({ id: `c${i.toString(16).padStart(31, '0')}`, tracking_number: numberOf(i), created_at: second, update_at: second, delivery_status: 'transit', substatus: 'transit001', customer_name: `Name ${i}` })
    })
    writeFileSync(file('many.json'), `[${all.map((one) => JSON.stringify(one)).join(',\n')}]`)
  }
  test('an import that was killed in the middle is simply run again', async () => {
    many()
    const words = ['shipments', 'import', '--account', account('many'), file('many.json'), '--json', ...milepost.place]
    const child = spawn(binary, words, { env: environment, stdio: 'ignore' })
    const ended = new Promise((done) => child.once('exit', (code, signal) => done(signal)))
    for (const deadline = Date.now() + 20_000; (await get('many', '?items_amount=1')).length === 0; await sleep(2)) assert.ok(Date.now() < deadline, 'nothing is stored')
    child.kill('SIGKILL')
    const signal = await ended
    // Everything that is there is whole.
    for (const shipment of await get('many', '?items_amount=200')) assert.equal(shipment.customer_name, `Name ${Number(shipment.tracking_number.slice(3))}`)
    const [counts] = lines(run(words).out)
    assert.equal(counts.read, amount)
    assert.equal(counts.stored + counts.already_there, amount)
    assert.ok(counts.already_there > 0, 'the first run left nothing')
    if (signal === 'SIGKILL') assert.ok(counts.stored > 0, 'the first run had ended before it was killed')
    assert.equal((await get('many', `?tracking_numbers=${numberOf(0)},${numberOf(amount - 1)}`)).length, 2)
  })
  test('an export that was cut off goes on where it stopped, to the same file in the end', () => {
    const whole = good(['shipments', 'export', '--account', account('many'), ...milepost.place]).out
    assert.equal(JSON.parse(whole).length, amount)
    for (const cut of [1, 700, Math.floor(whole.length / 2), whole.length - 1]) {
      writeFileSync(file('many-out.json.partial'), whole.slice(0, cut))
      const result = beside(['shipments', 'export', '--account', account('many'), file('many-out.json')])
      assert.equal(result.code, 0, result.said)
      assert.ok(readFileSync(file('many-out.json'), 'utf8') === whole, `cut off after ${cut} bytes, it is not the same`)
      assert.ok(!existsSync(file('many-out.json.partial')))
    }
  })
  test('the log holds nobody’s name and no key', () => {
    const log = milepost.log()
    for (const what of ['Zoë', 'zoe@example.com', 'Miller', 'first@example.com', 'a1b2c3d4-ghij', ...Object.values(milepost.keys)]) assert.ok(!log.includes(what), what)
  })
})

describe('people', () => {
  const data = file('people')
  test('the first owner comes in without mail, by a link that is shown once', () => {
    const [added] = json(['person', 'add', '--email', 'ann@example.com', '--name', 'Ann'], { data })
    assert.match(added.link, /^http:\/\/localhost:\d+\/account\/reset\?token=[\w-]{43}$/)
    const [listed] = json(['person', 'list'], { data })
    assert.equal(listed.email, 'ann@example.com')
    assert.deepEqual(listed.roles, [{ account_id: 1001, role: 'owner' }])
    assert.equal(run(['person', 'add', '--email', 'Ann@example.com'], { data }).code, 1)
    assert.equal(run(['person', 'add', '--email', 'nonsense'], { data }).code, 1)
  })
  test('a key may be bound to networks', () => {
    good(['key', 'create', '--account', '1001', '--from', '203.0.113.0/24', '--scopes', 'read,privacy'], { data })
    assert.equal(json(['key', 'list', '--account', '1001'], { data })[0].from, '203.0.113.0/24')
    assert.equal(run(['key', 'create', '--account', '1001', '--from', '203.0.113.9/24'], { data }).code, 1)
  })
  test('who is erased leaves no name on the disk, and their account is closed', () => {
    assert.equal(run(['person', 'remove', '--email', 'ann@example.com'], { data }).code, 2)
    assert.deepEqual(json(['person', 'remove', '--email', 'ann@example.com', '--yes'], { data })[0].closed_accounts, [1001])
    assert.deepEqual(json(['person', 'list'], { data }), [])
    assert.equal(run(['key', 'create', '--account', '1001'], { data }).code, 1)
    for (const name of readdirSync(data)) assert.ok(!readFileSync(path.join(data, name)).includes('ann@example.com'), name)
  })
})

describe('carriers try', () => {
  let simulator, parcel
  before(async () => {
    simulator = spawn(binary, ['--json', 'simulate', '--port', '0', '--carrier', 'bpost', '--show', '150'], { stdio: ['ignore', 'pipe', 'inherit'] })
    // The oldest first: the youngest may not be handed over at this hour, and the carrier does not know it yet.
    for await (const line of createInterface({ input: simulator.stdout })) {
      parcel = JSON.parse(line)
      if (/transit|pickup|delivered/.test(parcel.status)) break
    }
    writeFileSync(file('try.toml'), `[carriers.bpost]\nbase = "${parcel.base}"\naccount = "a"\npassphrase = "p"\n`)
  })
  after(() => simulator.kill())
  const asking = (number, ...more) => ['carriers', 'try', 'bpost', '--number', number, '--config', file('try.toml'), ...more]

  test('asks the carrier now, shows each mapped field, and keeps the answer for a fixture', () => {
    const told = good(asking(parcel.tracking_number, '--save', file('answer.json')))
    assert.match(told.out, /bpost: 1 call, \d+ ms/)
    assert.match(told.out, /HTTP 200/)
    assert.match(told.out, /because .*bpost state codes/)
    assert.equal(statSync(file('answer.json')).mode & 0o777, 0o600)
    // The kept answer is understood as the live one was.
    assert.deepEqual(json(['carriers', 'try', 'bpost', file('answer.json')]), json(asking(parcel.tracking_number)))
  })
  test('a number that the carrier does not know is its answer too', () => {
    assert.match(good(asking('323200000000000000000')).out, /HTTP 404[^]*notfound/)
  })
  test('without access, or without anybody there, it says so and fails', () => {
    const closed = run(['carriers', 'try', 'bpost', '--number', '1'])
    assert.equal(closed.code, 1)
    assert.match(closed.said, /the operator has given no account/)
    writeFileSync(file('gone.toml'), '[carriers.bpost]\nbase = "http://127.0.0.1:9"\naccount = "a"\npassphrase = "p"\n')
    assert.equal(run(['carriers', 'try', 'bpost', '--number', '1', '--config', file('gone.toml')]).code, 1)
  })
  test('wants a file or a number, and not both', () => {
    assert.match(run(['carriers', 'try', 'bpost']).said, /FILE.*--number/)
    assert.equal(run(['carriers', 'try', 'bpost', 'x.json', '--number', '1']).code, 2)
  })
})

describe('the data folder', () => {
  test('is its owner’s alone, and so are its files', () => {
    const data = file('fresh')
    good(['account', 'create', '--email', 'a@example.com'], { data })
    assert.equal(statSync(data).mode & 0o777, 0o700)
    for (const name of ['milepost.db', 'keys.db', 'master.key']) assert.ok(existsSync(path.join(data, name)), name)
    assert.equal(statSync(path.join(data, 'master.key')).mode & 0o777, 0o600)
  })
  test('migrate tells what is pending, does it, and has nothing to do afterwards', () => {
    const data = file('old')
    assert.equal(run(['migrate', '--check'], { data }).code, 1)
    assert.ok(json(['migrate'], { data }).every(({ done }) => done === true))
    assert.equal(run(['migrate', '--check'], { data }).code, 0)
  })
  test('without its master key it refuses to start, and says why', () => {
    const data = file('fresh')
    rmSync(path.join(data, 'master.key'))
    const result = run(['account', 'list'], { data })
    assert.equal(result.code, 1, 'a new master key must not be made over old keys')
    assert.match(result.said, /master/)
  })
  test('a folder that cannot be made is named', { skip: process.getuid() === 0 && 'root may write anywhere' }, () => {
    chmodSync(folder, 0o500)
    const result = run(['account', 'list'], { data: file('forbidden') })
    chmodSync(folder, 0o700)
    assert.equal(result.code, 1)
    assert.match(result.said, /forbidden/)
  })
})
