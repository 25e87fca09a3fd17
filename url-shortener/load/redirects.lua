-- wrk -t1 -c64 -d10s -s url-shortener/load/redirects.lua http://localhost:8080 -- SLUG [SLUG|FILE-OF-SLUGS ...]
--
-- Redirects over the given short codes, each equally often, with the headers of a browser. Closed-loop: use it for throughput and the server's CPU time, and
-- `./casebook load url-shortener` for latency. The last line is for scripts.
local requests, count, position, stride = {}, 0, 0, 1

local function add(slug)
  count = count + 1
  requests[count] = wrk.format("GET", "/" .. slug)
end

function init(args)
  wrk.headers["User-Agent"] =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
  wrk.headers["Accept-Language"] = "en-GB,en;q=0.8"
  for _, arg in ipairs(args) do
    local file = io.open(arg)
    if file then
      for line in file:lines() do add(line) end
      file:close()
    else
      add(arg)
    end
  end
  if count == 0 then error("no short code was given behind --") end
  -- Far apart in the list, yet all of them before any a second time: a stride without a common divisor.
  local function divisor(a, b) return b == 0 and a or divisor(b, a % b) end
  stride = math.floor(count * 0.618)
  while divisor(count, stride) ~= 1 do stride = stride + 1 end
end

function request()
  position = (position + stride) % count
  return requests[position + 1]
end

function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format("RESULT requests=%d micros=%d bytes=%d errors=%d p50=%d p99=%d\n", summary.requests,
    summary.duration, summary.bytes, e.status + e.connect + e.read + e.write + e.timeout, latency:percentile(50),
    latency:percentile(99)))
end
