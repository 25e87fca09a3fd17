-- wrk -s redirect.lua URL -- HOST LINKS SEED: GETs of links whose slugs are those that GeneratedLinks makes of 0 .. LINKS-1,
-- each as likely as any other. Numbers stay below 2^53, where Lua's are exact.

function init(args)
  links = tonumber(args[2])
  math.randomseed(tonumber(args[3]) * 1000 + id)
  tail = " HTTP/1.1\r\nHost: " .. args[1]
    .. "\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    .. "\r\nAccept: */*\r\nAccept-Language: en-GB,en;q=0.8\r\n\r\n"
end

function request()
  local n = math.random(0, links - 1)
  return "GET /" .. string.format("%08x", n * 100000007 % 4294967291) .. tail
end
