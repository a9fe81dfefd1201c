-- POST /v4/trackings/batch: forty new shipments in a call. Put together from pieces that are made once, all of one
-- length: what the load generator computes is taken from the server on the same machine.
local key = os.getenv("BENCH_KEY") or ""
local run = os.getenv("BENCH_RUN") or "0"
local n = 0
local pieces
function setup(thread)
  counter = (counter or 0) + 1
  thread:set("worker", counter)
end
function init()
  local first = string.format('{"tracking_number":"93%s%02d', run, worker)
  local second = '","courier_code":"usps","order_number":"ORDER-'
  local third = '","customer_name":"Maria Musterfrau","customer_email":"maria.musterfrau@example.com",' ..
    '"customer_sms":"+4915112345678","recipient_postcode":"20095","title":"Blue running shoes, size 42",' ..
    '"note":"Leave it with the neighbour please"}'
  local length = 1 + 40 * (#first + 12 + #second + 12 + #third + 1)
  pieces = { string.format("POST /v4/trackings/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" ..
    "Tracking-Api-Key: %s\r\nContent-Length: %d\r\n\r\n[", key, length) }
  for i = 1, 40 do
    local at = #pieces
    pieces[at + 1] = (i > 1 and "," or "") .. first
    pieces[at + 3] = second
    pieces[at + 2], pieces[at + 4] = "", ""
    pieces[at + 5] = third .. (i == 40 and "]" or "")
  end
end
function request()
  for i = 1, 40 do
    n = n + 1
    local number = string.format("%012d", n)
    local at = 1 + (i - 1) * 5
    pieces[at + 2] = number
    pieces[at + 4] = number
  end
  return table.concat(pieces)
end
function done(summary, latency)
  io.write(string.format("RESULT %.1f %.3f %.3f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
