-- wrk -s create.lua URL -- HOST API_KEY RUN ROWS: every request makes ROWS links, each with a destination of its own.
-- ROWS 1 is Shlink's POST, more is our bulk. Requests are put together by hand: wrk.format costs more than the rest.
local count = 0

function init(args)
  rows = tonumber(args[4])
  local path = rows == 1 and "/rest/v3/short-urls" or "/api/v1/links:bulk"
  head = "POST " .. path .. " HTTP/1.1\r\nHost: " .. args[1] .. "\r\nX-Api-Key: " .. args[2]
    .. "\r\nContent-Type: application/json\r\nContent-Length: "
  before = '{"longUrl":"https://example.com/casebook/created/' .. args[3] .. "/" .. id .. "/"
end

function request()
  local body
  if rows == 1 then
    count = count + 1
    body = before .. count .. '"}'
  else
    local all = {}
    for i = 1, rows do
      count = count + 1
      all[i] = before .. count .. '"}'
    end
    body = "[" .. table.concat(all, ",") .. "]"
  end
  return head .. #body .. "\r\n\r\n" .. body
end
