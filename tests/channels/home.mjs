// Home Assistant's end: a real broker (aedes) and a subscriber (mqtt) that finds parcels as it does. Started by run.sh.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import aedes from 'aedes'
import mqtt from 'mqtt'
import { send } from './sender.mjs'

const folder = mkdtempSync(join(tmpdir(), 'milepost-mqtt-'))
const broker = aedes()
let plain, secure, port, tlsPort
const listen = server => new Promise(done => server.listen(0, '127.0.0.1', () => done(server.address().port)))

before(async () => {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName = DNS:localhost,IP:127.0.0.1', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')], { stdio: 'ignore' })
  broker.authenticate = (client, user, password, done) => {
    if (user === 'ha' && password?.toString() === 'wrong') return done(Object.assign(new Error('no'), { returnCode: 4 }), null)
    done(null, true)
  }
  plain = createServer(broker.handle)
  secure = createTlsServer({ key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'certificate.pem')) }, broker.handle)
  port = await listen(plain)
  tlsPort = await listen(secure)
})
after(async () => {
  await new Promise(done => broker.close(done))
  plain.close()
  secure.close()
  rmSync(folder, { recursive: true })
})

// What somebody who subscribes now finds retained; a marker of our own, sent last, ends the waiting.
async function retained() {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`)
  const found = {}
  const ended = new Promise(done => client.on('message', (topic, payload, packet) => {
    if (topic === 'the/end') return done()
    if (packet.retain) found[topic] = JSON.parse(payload)
  }))
  await client.subscribeAsync({ 'homeassistant/#': { qos: 1 }, 'milepost/#': { qos: 1 } })
  await client.subscribeAsync('the/end', { qos: 1 })
  await client.publishAsync('the/end', 'x', { qos: 1 })
  await ended
  await client.endAsync()
  return found
}

const lamp = { address: 'home', topic: 'p1', title: 'Lamp', text: 'It is on its way', link: 'https://track.example.com/t/1', state: 'transit' }

test('a parcel appears, changes and disappears', async () => {
  const listener = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`)
  const news = []
  listener.on('message', (topic, payload) => news.push(JSON.parse(payload).state))
  await listener.subscribeAsync('milepost/home/news', { qos: 1 })

  assert.equal(await send(['home', '127.0.0.1', port], lamp), 'accepted mqtt')
  assert.equal(await send(['home', '127.0.0.1', port], { ...lamp, state: 'delivered', text: 'It is there' }), 'accepted mqtt')
  const found = await retained()
  assert.deepEqual(Object.keys(found).sort(), ['homeassistant/sensor/milepost_home_p1/config', 'milepost/home/p1/state'])
  const config = found['homeassistant/sensor/milepost_home_p1/config']
  assert.equal(config.name, 'Lamp')
  assert.deepEqual(found[config.state_topic], { state: 'delivered', title: 'Lamp', text: 'It is there', link: lamp.link, expected: null })
  assert.deepEqual(config.device.identifiers, ['milepost_home'])

  assert.equal(await send(['forget', '127.0.0.1', port], lamp), 'accepted mqtt')
  assert.deepEqual(await retained(), {})
  await listener.endAsync()
  assert.deepEqual(news, ['transit', 'delivered'])
})

test('with TLS, whose certificate must prove the name', async () => {
  assert.equal(await send(['home', 'localhost', tlsPort, join(folder, 'certificate.pem')], lamp), 'accepted mqtt')
  assert.equal(await send(['home', 'localhost', tlsPort, '/etc/ssl/certs/ca-certificates.crt'], lamp), 'later tls')
})

test('a wrong password is the operator\'s to put right', async () => {
  assert.equal(await send(['home', '127.0.0.1', port, '-', 'ha', 'right'], lamp), 'accepted mqtt')
  assert.equal(await send(['home', '127.0.0.1', port, '-', 'ha', 'wrong'], lamp), 'not_set_up mqtt 4')
})
