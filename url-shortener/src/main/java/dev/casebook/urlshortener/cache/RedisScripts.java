package dev.casebook.urlshortener.cache;

/**
 * The steps of the protocol that must be atomic in Redis. Each is O(1). Keys, where used: 1 entry, 2 lease, 3 fence. A
 * fence is {@code version 8 | live 1}, an entry's header is described at {@link SharedEntry}.
 *
 * <p>Scripts rather than Functions, because Redis 6.2 is supported.
 */
final class RedisScripts {
    /** Versions are compared as two unsigned 32-bit halves: Lua's only number is the double. */
    private static final String OLDER = """
            local function older(a, b)
              local ah, al = struct.unpack('>I4I4', a)
              local bh, bl = struct.unpack('>I4I4', b)
              return ah < bh or (ah == bh and al < bl)
            end
            """;

    /**
     * Takes the lease unless there is something to read. ARGV: incarnation, fill mark that was seen or empty, token, lease
     * milliseconds. Returns the entry, or one character: {@link #GRANTED} or another (busy).
     *
     * <p>Reading and taking in one step is what makes "one load per cold key" exact: between the miss and the lease
     * another loader may have filled the entry and given its lease back.
     *
     * <p>A server at its limit of memory that may not evict refuses the lease, and with it the filling, for which it has
     * no room either: while that lasts, each node loads for itself.
     */
    static final String ACQUIRE = """
            local entry = redis.call('GET', KEYS[1])
            if entry and string.sub(entry, 9, 16) == ARGV[1] and string.sub(entry, 1, 25) ~= ARGV[2] then
              return entry
            end
            if redis.call('SET', KEYS[2], ARGV[3], 'NX', 'PX', ARGV[4]) then
              return '+'
            end
            return '-'
            """;

    /** What {@link #ACQUIRE} returns for a lease. */
    static final byte GRANTED = '+';

    /**
     * Fills the entry and gives the lease back. ARGV: token, entry, milliseconds to live, whether it is a link (1 or 0).
     * Returns 1 (stored), 0 (lease lost) or -1 (older than what is known).
     *
     * <p>An absence has no version to compare; it only may not contradict a fence that says there is a link.
     */
    static final String FILL = OLDER + """
            if redis.call('GET', KEYS[2]) ~= ARGV[1] then
              return 0
            end
            redis.call('DEL', KEYS[2])
            local fence = redis.call('GET', KEYS[3])
            if fence then
              if ARGV[4] == '0' then
                if string.sub(fence, 9, 9) == '1' then return -1 end
              elseif older(ARGV[2], fence) then
                return -1
              end
            end
            redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
            return 1
            """;

    /** Gives the lease back without a result. ARGV: token. */
    static final String RELEASE = """
            if redis.call('GET', KEYS[2]) == ARGV[1] then
              return redis.call('DEL', KEYS[2])
            end
            return 0
            """;

    /**
     * Publishes a change. ARGV: the entry as it now is, its milliseconds to live, whether it is a link (1 or 0), the
     * fence's milliseconds to live. Returns 1 when an entry was replaced, else 0.
     *
     * <p>The lease goes first: whoever holds it may have read the source before this change. That is also why a server
     * without memory takes a publication: what it refuses is a script whose first write needs memory, and this one's
     * removes. The fence is written in any case, for writing it is what every node hears, and it never goes back. An entry
     * is replaced only by a newer one and only if it has a known version of this incarnation; one without is dropped, for
     * it might be newer than this publication, which may be a late one. Where no entry is, none is made, for the same
     * reason, and because most new links are never clicked.
     */
    static final String PUBLISH = OLDER + """
            redis.call('DEL', KEYS[2])
            local fence = redis.call('GET', KEYS[3])
            if not fence or older(fence, ARGV[1]) then
              fence = string.sub(ARGV[1], 1, 8) .. ARGV[3]
            end
            redis.call('SET', KEYS[3], fence, 'PX', ARGV[4])
            local entry = redis.call('GET', KEYS[1])
            if not entry then
              return 0
            end
            local unknown = string.rep('\\0', 8)
            if string.sub(entry, 9, 16) ~= string.sub(ARGV[1], 9, 16) or string.sub(entry, 1, 8) == unknown then
              redis.call('DEL', KEYS[1])
              return 0
            end
            if older(entry, ARGV[1]) then
              redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
              return 1
            end
            return 0
            """;

    private RedisScripts() {}
}
