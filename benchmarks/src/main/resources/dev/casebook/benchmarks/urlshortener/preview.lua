-- wrk -s preview.lua URL -- HOST LINKS FIRST: previews (GET /{code}+) of GeneratedLinks' links one after the other, from number FIRST on,
-- and from 0 again after the last. A preview looks the link up as a redirect does, and counts no click.

function init(args)
  links = tonumber(args[2])
  -- Two threads (WrkScript): one takes the even steps, the other the odd ones.
  n = tonumber(args[3]) + id
  tail = "+ HTTP/1.1\r\nHost: " .. args[1] .. "\r\nAccept: */*\r\n\r\n"
end

function request()
  n = (n + 2) % links
  return "GET /" .. string.format("%08x", n * 100000007 % 4294967291) .. tail
end
