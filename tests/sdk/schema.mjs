// What the v4 API promises, written down once: the envelope, every object with every field, every error text. The
// strictest reader of seven vendor SDKs decides each type: Java refuses unknown keys in the envelope, Go refuses a
// number where a string is due, .NET refuses null where an int or bool is due.
import assert from 'node:assert/strict'

export const success = { code: 200, message: 'Request response is successful' }

// meta.code: [HTTP status, message]. {field} stands for the name of a field.
export const errors = {
  400: [400, 'Request type error. Please check the API documentation for the request type of this API.'],
  401: [401, 'Authentication failed or has no permission. Please check and ensure your API Key is correct.'],
  403: [403, 'Access prohibited. The request has been refused or access is not allowed.'],
  404: [404, 'Page does not exist. Please check and ensure your link is correct.'],
  429: [429, 'Exceeded API request limits, please try again later. Please check the API documentation for the limit of this API.'],
  4101: [400, 'Tracking No. already exists.'],
  4102: [400, 'Tracking No. no exists. Please use 「Create a tracking」 API first to create shipment.'],
  4103: [400, 'You have exceeded the shipment quantity of API call. The maximum quantity is 40 shipments per call.'],
  4110: [400, 'The value of tracking_number is invalid.'],
  4111: [400, 'Tracking_number is required.'],
  4112: [400, 'Invalid Tracking ID.'],
  4113: [400, 'Retrack is not allowed. You can only retrack an expired tracking.'],
  4120: [400, 'The value of courier_code is invalid.'],
  4121: [400, 'Cannot detect courier.'],
  4122: [400, 'Missing or invalid value of the special required fields for this courier.'],
  4130: [400, 'The format of {field} is invalid.'],
  4160: [400, 'The awb_number is required or invaild format.'],
  4161: [400, 'The awb airline does not support yet.'],
  4190: [400, 'You are reaching the maximum quota limitation, please upgrade your current plan.'],
}

// Kinds of scalars: s text, S text or null, i integer, b truth, any. An object is a map of fields; [x] a list of x.
const courierKind = ['express', 'globalpost']
const statuses = ['pending', 'notfound', 'inforeceived', 'transit', 'pickup', 'undelivered', 'delivered', 'exception', 'expired']

const milestoneDate = fields('S', 'inforeceived_date pickup_date outfordelivery_date delivery_date returning_date returned_date')
const scan = {
  ...fields('s', 'checkpoint_date checkpoint_delivery_status tracking_detail'),
  ...fields('S', 'checkpoint_delivery_substatus location country_iso2 state city zip raw_status'),
}
const leg = {
  ...fields('S', 'courier_code courier_phone weblink reference_number'),
  milestone_date: milestoneDate,
  ...fields('S', 'pickup_date departed_airport_date arrived_abroad_date customs_received_date arrived_destination_date'),
  trackinfo: [scan],
}

export const tracking = {
  ...fields('s', 'id tracking_number courier_code created_at update_at delivery_status archived source'),
  updating: 'b',
  transit_time: 'i',
  ...fields('S', `order_number order_date order_id
    destination_country destination_state destination_city origin_country origin_state origin_city
    tracking_postal_code tracking_ship_date tracking_destination_country tracking_origin_country tracking_key
    tracking_courier_account customer_name customer_email customer_sms recipient_postcode title logistics_channel note
    label signed_by service_code weight weight_kg product_type pieces dimension previously destination_track_number
    exchange_number scheduled_delivery_date scheduled_address substatus status_info latest_event
    latest_checkpoint_time`),
  origin_info: leg,
  destination_info: leg,
}
export const updated = fields('S', `id tracking_number courier_code courier_code_new order_number order_date order_id
  destination_country origin_country tracking_postal_code tracking_ship_date tracking_courier_account
  tracking_destination_country tracking_origin_country tracking_key customer_name customer_email customer_sms
  recipient_postcode title logistics_channel note label archived_status`)
export const named = fields('s', 'id tracking_number courier_code')
export const batch = {
  success: [named],
  error: [{ id: 's', ...fields('S', 'tracking_number courier_code'), errorCode: 'i', errorMessage: 's' }],
}
export const courier = {
  ...fields('s', 'courier_name courier_code'),
  ...fields('S', 'courier_country_iso2 courier_url courier_phone courier_type default_language courier_logo'),
  tracking_required_fields: 'any',
  optional_fields: 'any',
  support_language: ['s?'],
}
const flight = fields('S', 'depart_station arrival_station plan_depart_time depart_time plan_arrival_time arrival_time')
export const waybill = {
  awb_number: 's',
  status_number: 'i',
  ...fields('S', 'awb_status awb_substatus weight piece origin destination last_event'),
  flight_way_station: ['s'],
  flight_info: { '*': flight },
  flight_info_new: [{ ...flight, ...fields('S', 'flight_number piece weight status') }],
  track_info: [fields('S', `plan_date actual_date event station flight_number status piece weight checkpoint_status
    checkpoint_substatus`)],
  airline_info: fields('S', 'name url track_url trackpage_url'),
}

function fields(kind, names) {
  return Object.fromEntries(names.trim().split(/\s+/).map((name) => [name, kind]))
}

const scalar = {
  s: (value) => typeof value === 'string',
  S: (value) => value === null || typeof value === 'string',
  i: (value) => Number.isSafeInteger(value),
  b: (value) => typeof value === 'boolean',
  any: () => true,
}
const word = { s: 'a string', S: 'a string or null', i: 'an integer', b: 'true or false' }

function complaints(value, shape, where, found) {
  if (typeof shape === 'string') {
    if (!scalar[shape](value)) found.push(`${where} is ${JSON.stringify(value)}, not ${word[shape]}`)
  } else if (Array.isArray(shape)) {
    if (shape[0] === 's?') {
      // A list of strings or nothing at all.
      if (value !== null) complaints(value, ['s'], where, found)
    } else if (!Array.isArray(value)) {
      found.push(`${where} is ${JSON.stringify(value)?.slice(0, 60)}, not a list`)
    } else {
      value.forEach((item, index) => complaints(item, shape[0], `${where}[${index}]`, found))
    }
  } else if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    found.push(`${where} is ${JSON.stringify(value)?.slice(0, 60)}, not an object`)
  } else if ('*' in shape) {
    for (const name of Object.keys(value)) complaints(value[name], shape['*'], `${where}.${name}`, found)
  } else {
    for (const name of Object.keys(shape))
      if (name in value) complaints(value[name], shape[name], `${where}.${name}`, found)
      else found.push(`${where}.${name} is missing`)
    for (const name of Object.keys(value)) if (!(name in shape)) found.push(`${where}.${name} is not in the contract`)
  }
  return found
}

// Fails with every difference at once.
export function conforms(value, shape, where = 'data') {
  const found = complaints(value, shape, where, [])
  assert.deepEqual(found.slice(0, 20), [], `${found.length} differences from the contract`)
}

// Exactly {meta: {code, message}, data}: Java's classes refuse anything more.
export function isEnvelope(body) {
  assert.ok(body !== undefined && body !== null && typeof body === 'object', `not a JSON object: ${JSON.stringify(body)}`)
  assert.deepEqual(Object.keys(body).sort(), ['data', 'meta'])
  conforms(body.meta, { code: 'i', message: 's' }, 'meta')
}

// A success, and its data.
export function succeeded(body, shape) {
  isEnvelope(body)
  assert.deepEqual(body.meta, success, JSON.stringify(body).slice(0, 300))
  conforms(body.data, shape)
  rules(body.data, shape)
  return body.data
}

export function failed(body, code, field) {
  isEnvelope(body)
  const message = errors[code][1].replace('{field}', field)
  assert.deepEqual(body.meta, { code, message })
  assert.equal(body.data, null)
}

// The same for a whole HTTP answer: status and headers too.
export function okAnswer(answer, shape) {
  assert.equal(answer.status, 200, answer.text.slice(0, 300))
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
  return succeeded(answer.json, shape)
}
export function errorAnswer(answer, code, field) {
  assert.ok(answer.json, `not JSON: ${answer.status} ${answer.text.slice(0, 300)}`)
  failed(answer.json, code, field)
  assert.equal(answer.status, errors[code][0])
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
}
// An error of the contract, whichever: the envelope, a code the contract knows with its own status and text.
export function someError(answer, { allow = Object.keys(errors).map(Number) } = {}) {
  assert.ok(answer.json, `not JSON: ${answer.status} ${answer.text.slice(0, 300)}`)
  isEnvelope(answer.json)
  assert.equal(answer.json.data, null)
  assert.ok(answer.status >= 400 && answer.status < 500, `HTTP ${answer.status}: ${answer.text.slice(0, 200)}`)
  const { code, message } = answer.json.meta
  assert.ok(allow.includes(code), `meta.code ${code}, expected one of ${allow}`)
  if (errors[code]) {
    const [before, after] = errors[code][1].split('{field}')
    assert.ok(message.startsWith(before) && message.endsWith(after ?? ''), message)
  }
  return code
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/
const moment = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?)?$/

// What types cannot say.
function rules(data, shape) {
  if (Array.isArray(shape)) data.forEach((item) => rules(item, shape[0]))
  if (shape === tracking) {
    assert.match(data.id, /^[0-9a-f]{32}$/)
    assert.match(data.created_at, instant)
    assert.match(data.update_at, instant)
    assert.ok(statuses.includes(data.delivery_status), data.delivery_status)
    assert.ok(['tracking', 'archived'].includes(data.archived), data.archived)
    assert.equal(data.courier_code, data.courier_code.toLowerCase())
    assert.equal(data.tracking_number, data.tracking_number.toUpperCase().trim())
    if (data.substatus !== null) assert.match(data.substatus, new RegExp(`^${data.delivery_status}\\d{3}$`))
    for (const name of ['origin_country', 'destination_country'])
      if (data[name] !== null) assert.match(data[name], /^[A-Z]{2}$/)
    for (const [name, value] of Object.entries(data)) assert.notEqual(value, '', `${name}: unset is null, not ""`)
    for (const part of [data.origin_info, data.destination_info])
      for (const point of part.trackinfo) assert.match(point.checkpoint_date, moment)
    assert.ok(data.transit_time >= 0)
  }
  if (shape === updated) {
    for (const [name, value] of Object.entries(data)) assert.notEqual(value, '', `${name}: unset is null, not ""`)
  }
  if (shape === courier) {
    if (data.courier_country_iso2 !== null) assert.match(data.courier_country_iso2, /^[A-Z]{2}$/)
    if (data.courier_type !== null) assert.ok(courierKind.includes(data.courier_type), data.courier_type)
    assert.match(data.courier_code, /^[a-z0-9][a-z0-9_-]*$/)
  }
}

// How the vendor's compiled SDKs read an answer. Each throws where the SDK would. Independent of the shapes above on
// purpose: those say what we promise, this says what breaks somebody.
const integers = new Set(['code', 'transit_time', 'errorCode', 'status_number'])
const truths = new Set(['updating'])
const objects = new Set(['meta', 'origin_info', 'destination_info', 'milestone_date', 'airline_info', 'flight_info'])
const lists = new Set(['trackinfo', 'success', 'error', 'flight_way_station', 'flight_info_new', 'track_info', 'support_language'])
const anything = new Set(['tracking_required_fields', 'optional_fields'])

export const readers = {
  // encoding/json into structs: the kind must fit or be null; unknown keys are dropped.
  go(body, kind) {
    top(body, kind, 'go')
    walk(body.data, (name, value, where) => {
      if (value === null || anything.has(name)) return
      const fits = integers.has(name) ? Number.isInteger(value)
        : truths.has(name) ? typeof value === 'boolean'
        : objects.has(name) ? !Array.isArray(value) && typeof value === 'object'
        : lists.has(name) ? Array.isArray(value)
        : typeof value === 'string' || typeof value === 'object' && !Array.isArray(value)
      assert.ok(fits, `go cannot read ${where} = ${JSON.stringify(value)?.slice(0, 60)}`)
    })
  },
  // Jackson: unknown keys in the envelope and in meta are fatal, in data ignored; scalars turn into strings.
  java(body, kind) {
    assert.deepEqual(Object.keys(body).filter((key) => key !== 'meta' && key !== 'data'), [], 'java refuses unknown keys')
    assert.deepEqual(Object.keys(body.meta).filter((key) => key !== 'code' && key !== 'message'), [], 'java refuses unknown keys in meta')
    top(body, kind, 'java')
    walk(body.data, (name, value, where) => {
      if (value === null || anything.has(name)) return
      if (objects.has(name)) assert.ok(!Array.isArray(value) && typeof value === 'object', `java cannot read ${where}`)
      else if (lists.has(name)) assert.ok(Array.isArray(value), `java cannot read ${where}`)
      else if (integers.has(name)) assert.ok(Number.isInteger(value), `java cannot read ${where}`)
      else assert.ok(!Array.isArray(value), `java cannot read ${where}`)
    })
  },
  // Newtonsoft: int and bool are not nullable.
  net(body, kind) {
    top(body, kind, 'net')
    walk(body.data, (name, value, where) => {
      if (integers.has(name) || truths.has(name)) assert.notEqual(value, null, `.net cannot read null ${where}`)
      if (name === 'courier_country_iso2') assert.ok(!Array.isArray(value), `.net cannot read a list in ${where}`)
    })
  },
}
function top(body, kind, reader) {
  if (body.data === null) return
  if (kind === 'list') assert.ok(Array.isArray(body.data), `${reader} wants a list`)
  else assert.ok(typeof body.data === 'object' && !Array.isArray(body.data), `${reader} wants an object`)
}
function walk(value, visit, where = 'data') {
  if (Array.isArray(value)) value.forEach((item, index) => walk(item, visit, `${where}[${index}]`))
  else if (value !== null && typeof value === 'object')
    for (const [name, inner] of Object.entries(value)) {
      visit(name, inner, `${where}.${name}`)
      walk(inner, visit, `${where}.${name}`)
    }
}
export function everyReader(body, kind) {
  for (const read of Object.values(readers)) read(body, kind)
}

// For the decoders' own sake: a contract that refuses nothing tests nothing.
export const golden = {"id":"9a73b452e03c2c724414f3859fad1c2c","tracking_number":"9400111899562537683144","courier_code":"usps","order_number":null,"order_date":null,"created_at":"2023-10-25T07:02:52+00:00","update_at":"2023-10-25T07:02:53+00:00","delivery_status":"transit","archived":"tracking","updating":true,"source":"API","destination_country":null,"destination_state":null,"destination_city":null,"origin_country":null,"origin_state":null,"origin_city":null,"tracking_postal_code":null,"tracking_ship_date":null,"tracking_destination_country":null,"tracking_origin_country":null,"tracking_key":null,"tracking_courier_account":null,"customer_name":null,"customer_email":null,"customer_sms":null,"recipient_postcode":null,"order_id":null,"title":null,"logistics_channel":null,"note":null,"label":null,"signed_by":null,"service_code":null,"weight":null,"weight_kg":null,"product_type":null,"pieces":null,"dimension":null,"previously":null,"destination_track_number":null,"exchange_number":null,"scheduled_delivery_date":null,"scheduled_address":null,"substatus":"transit001","status_info":null,"latest_event":"Arrived at Facility,Laurel,MD,US,2023-10-25 06:07","latest_checkpoint_time":"2023-10-25T06:07:00+00:00","transit_time":1,"origin_info":{"courier_code":"usps","courier_phone":null,"weblink":"https://www.usps.com/","reference_number":null,"milestone_date":{"inforeceived_date":null,"pickup_date":null,"outfordelivery_date":null,"delivery_date":null,"returning_date":null,"returned_date":null},"pickup_date":null,"departed_airport_date":null,"arrived_abroad_date":null,"customs_received_date":null,"arrived_destination_date":null,"trackinfo":[{"checkpoint_date":"2023-10-25T06:07:00+00:00","checkpoint_delivery_status":"transit","checkpoint_delivery_substatus":"transit001","tracking_detail":"Arrived at Facility","location":"Laurel,MD,US","country_iso2":"US","state":"MD","city":"Laurel","zip":null,"raw_status":null}]},"destination_info":{"courier_code":null,"courier_phone":null,"weblink":null,"reference_number":null,"milestone_date":{"inforeceived_date":null,"pickup_date":null,"outfordelivery_date":null,"delivery_date":null,"returning_date":null,"returned_date":null},"pickup_date":null,"departed_airport_date":null,"arrived_abroad_date":null,"customs_received_date":null,"arrived_destination_date":null,"trackinfo":[]}}
