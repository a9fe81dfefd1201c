-- GET /v4/trackings/get?tracking_numbers=N over BENCH_COUNT known numbers in a random order, or GET BENCH_PATH.
local path = os.getenv("BENCH_PATH")
local key = os.getenv("BENCH_KEY") or ""
local count = tonumber(os.getenv("BENCH_COUNT") or "1")
local headers = { ["Tracking-Api-Key"] = key, ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
local requests = {}
function init()
  math.randomseed(os.time())
  for i = 1, 20000 do
    requests[i] = path and wrk.format("GET", path, headers) or
      wrk.format("GET", string.format("/v4/trackings/get?tracking_numbers=9400%018d", math.random(0, count - 1)), headers)
  end
end
local n = 0
function request()
  n = n % 20000 + 1
  return requests[n]
end
function done(summary, latency)
  io.write(string.format("RESULT %.1f %.3f %.3f %d\n", summary.requests / (summary.duration / 1e6),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
