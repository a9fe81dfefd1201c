-- POST /v4/trackings/create (or /create of the bare server): about 330 bytes of JSON, every number new.
local path = os.getenv("BENCH_PATH") or "/v4/trackings/create"
local key = os.getenv("BENCH_KEY") or ""
local run = os.getenv("BENCH_RUN") or "0"
local n = 0
function setup(thread)
  counter = (counter or 0) + 1
  thread:set("worker", counter)
end
function request()
  n = n + 1
  local number = string.format("92%s%02d%012d", run, worker, n)
  local body = string.format('{"tracking_number":"%s","courier_code":"usps","order_number":"ORDER-%d",' ..
    '"customer_name":"Maria Musterfrau","customer_email":"maria.musterfrau@example.com","customer_sms":"+4915112345678",' ..
    '"recipient_postcode":"20095","title":"Blue running shoes, size 42","note":"Leave it with the neighbour please",' ..
    '"destination_country_iso2":"DE","language":"de"}', number, n)
  return wrk.format("POST", path, { ["Content-Type"] = "application/json", ["Tracking-Api-Key"] = key }, body)
end
local bad = 0
function response(status) if status >= 300 then bad = bad + 1 end end
function done(summary, latency)
  io.write(string.format("RESULT %.1f %.3f %.3f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
