-- wrk: a list of acts, each sent once. Argument: file of lines "case, token, revision, key, body", tab between.
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int, int);")
local SIGINT = 2
local IDLE = "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
local acts = {}
-- wrk asks once for a request that it only looks at.
local sent, answered = -1, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local case, token, revision, key, body = line:match("^(.-)\t(.-)\t(.-)\t(.-)\t(.*)$")
    acts[#acts + 1] = "POST /api/v1/cases/" .. case .. "/acts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
      .. token .. '\r\nIf-Match: "' .. revision .. '"\r\nIdempotency-Key: ' .. key
      .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
  end
end

function request()
  sent = sent + 1
  return acts[sent] or IDLE
end

function response(status, headers, body)
  if #body < 40 then return end -- an idle one
  answered = answered + 1
  -- Otherwise wrk sleeps to the end of its time.
  if answered == #acts then ffi.C.kill(ffi.C.getpid(), SIGINT) end
end

function done(summary, latency)
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50_ms":%.2f,"p99_ms":%.2f}\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
