-- wrk: a list of acts, each sent once. Argument: file of lines "case, token, revision, key, body", tab between.
local acts = {}
local sent, answered = 0, 0

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
  return acts[sent] or "GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
end

function response(status)
  answered = answered + 1
  if answered >= #acts then wrk.thread:stop() end
end

function done(summary, latency)
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50_ms":%.2f,"p99_ms":%.2f}\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
