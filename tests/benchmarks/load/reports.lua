-- wrk: each request a report of its own, with its own key and its own address.
-- Arguments: file of bodies, name of the run, path, further header lines.
local threads = 0
local words = {}
local bodies = {}
local serial = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    local before, after = line:match("^(.*)@@(.*)$")
    -- Without a mark it is sent as it is: that it is like another one is what is measured.
    bodies[#bodies + 1] = { before or line, after }
  end
  -- Letters, not digits: a long number would look like a telephone to be masked.
  for i = 0, 999 do
    words[i] = string.char(97 + math.floor(i / 100), 97 + math.floor(i / 10) % 10, 97 + i % 10)
  end
  head = "POST " .. arguments[3] .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    .. (arguments[4] or "") .. "Idempotency-Key: " .. arguments[2] .. "-" .. number .. "-"
end

function request()
  serial = serial + 1
  local parts = bodies[serial % #bodies + 1]
  local high, low = math.floor(serial / 1000), serial % 1000
  local body = parts[2] and parts[1] .. words[high % 1000] .. words[low] .. number .. parts[2] or parts[1]
  return head .. serial .. "\r\nX-Forwarded-For: 10." .. (serial % 250 + 1) .. "." .. (high % 250) .. "."
    .. (math.floor(serial / 250) % 250 + 1) .. "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency)
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50_ms":%.2f,"p99_ms":%.2f}\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
