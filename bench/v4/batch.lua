-- POST /v4/trackings/batch: forty new shipments in a call.
local key = os.getenv("BENCH_KEY") or ""
local run = os.getenv("BENCH_RUN") or "0"
local n = 0
function setup(thread)
  counter = (counter or 0) + 1
  thread:set("worker", counter)
end
function request()
  local items = {}
  for i = 1, 40 do
    n = n + 1
    items[i] = string.format('{"tracking_number":"93%s%02d%012d","courier_code":"usps","order_number":"ORDER-%d",' ..
      '"customer_name":"Maria Musterfrau","customer_email":"maria.musterfrau@example.com","customer_sms":"+4915112345678",' ..
      '"recipient_postcode":"20095","title":"Blue running shoes, size 42","note":"Leave it with the neighbour please"}',
      run, worker, n, n)
  end
  return wrk.format("POST", "/v4/trackings/batch",
    { ["Content-Type"] = "application/json", ["Tracking-Api-Key"] = key }, "[" .. table.concat(items, ",") .. "]")
end
function done(summary, latency)
  io.write(string.format("RESULT %.1f %.3f %.3f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
