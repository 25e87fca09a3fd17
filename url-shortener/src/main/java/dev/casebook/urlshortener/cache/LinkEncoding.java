package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.RedirectRule;
import dev.casebook.urlshortener.link.RedirectStatus;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A link's compact binary form in L2: varints, length-prefixed UTF-8 and one bit per optional part; about 30 bytes beside
 * the destination, where JSON needs 300. Key and version stand outside. The first byte is the format: a release that
 * changes anything here raises it, and nodes of either release then take each other's entries for missing.
 */
final class LinkEncoding {
    private static final byte FORMAT = 1;

    private static final int VALID_SINCE = 1;
    private static final int VALID_UNTIL = 1 << 1;
    private static final int MAX_VISITS = 1 << 2;
    private static final int PASSWORD = 1 << 3;
    private static final int FORWARD_QUERY = 1 << 4;
    private static final int CRAWLABLE = 1 << 5;
    private static final int BLOCKED = 1 << 6;
    private static final int TITLE = 1 << 7;
    private static final int CREATED_BY = 1 << 8;

    private static final int VARINT_PAYLOAD_BITS = 7;
    private static final int VARINT_MORE = 0x80;

    private LinkEncoding() {}

    static byte[] encode(Link link) {
        Writer out = new Writer();
        out.bytes.write(FORMAT);
        out.varint(flagsOf(link));
        out.varint(link.id());
        out.string(link.longUrl());
        out.varint(link.status().code());
        out.instant(link.createdAt());
        if (link.validSince() != null) {
            out.instant(link.validSince());
        }
        if (link.validUntil() != null) {
            out.instant(link.validUntil());
        }
        if (link.maxVisits() != null) {
            out.varint(link.maxVisits());
        }
        if (link.passwordHash() != null) {
            out.string(link.passwordHash());
        }
        if (link.title() != null) {
            out.string(link.title());
        }
        if (link.createdBy() != null) {
            out.string(link.createdBy());
        }
        out.varint(link.rules().size());
        for (RedirectRule rule : link.rules()) {
            out.varint(rule.priority());
            out.string(rule.longUrl());
            out.varint(rule.conditions().size());
            for (RedirectRule.Condition condition : rule.conditions()) {
                out.string(condition.type().wireName());
                out.optionalString(condition.matchKey());
                out.optionalString(condition.matchValue());
            }
        }
        out.varint(link.tags().size());
        link.tags().forEach(out::string);
        return out.bytes.toByteArray();
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @return empty when it is of another format
     * @throws java.nio.BufferUnderflowException when it is cut short
     * @throws IllegalArgumentException when a part has a value out of its range
     */
    static Optional<Link> decode(LinkKey key, long version, ByteBuffer buffer) {
        if (buffer.get() != FORMAT) {
            return Optional.empty();
        }
        Reader in = new Reader(buffer);
        int flags = (int) in.varint();
        long id = in.varint();
        String longUrl = in.string();
        RedirectStatus status = RedirectStatus.of((int) in.varint());
        Instant createdAt = in.instant();
        Instant validSince = (flags & VALID_SINCE) != 0 ? in.instant() : null;
        Instant validUntil = (flags & VALID_UNTIL) != 0 ? in.instant() : null;
        Integer maxVisits = (flags & MAX_VISITS) != 0 ? (int) in.varint() : null;
        String passwordHash = (flags & PASSWORD) != 0 ? in.string() : null;
        String title = (flags & TITLE) != 0 ? in.string() : null;
        String createdBy = (flags & CREATED_BY) != 0 ? in.string() : null;
        List<RedirectRule> rules = rules(in);
        int tagCount = in.count();
        Set<String> tags = HashSet.newHashSet(tagCount);
        for (int i = 0; i < tagCount; i++) {
            tags.add(in.string());
        }
        return Optional.of(new Link(
                id,
                key,
                version,
                longUrl,
                status,
                createdAt,
                validSince,
                validUntil,
                maxVisits,
                passwordHash,
                rules,
                (flags & FORWARD_QUERY) != 0,
                (flags & CRAWLABLE) != 0,
                (flags & BLOCKED) != 0,
                title,
                tags,
                createdBy));
    }

    private static List<RedirectRule> rules(Reader in) {
        int ruleCount = in.count();
        List<RedirectRule> rules = new ArrayList<>(ruleCount);
        for (int i = 0; i < ruleCount; i++) {
            int priority = (int) in.varint();
            String longUrl = in.string();
            int conditionCount = in.count();
            List<RedirectRule.Condition> conditions = new ArrayList<>(conditionCount);
            for (int j = 0; j < conditionCount; j++) {
                conditions.add(new RedirectRule.Condition(
                        RedirectRule.Type.ofWireName(in.string()), in.optionalString(), in.optionalString()));
            }
            rules.add(new RedirectRule(priority, longUrl, conditions));
        }
        return rules;
    }

    private static int flagsOf(Link link) {
        return (link.validSince() != null ? VALID_SINCE : 0)
                | (link.validUntil() != null ? VALID_UNTIL : 0)
                | (link.maxVisits() != null ? MAX_VISITS : 0)
                | (link.passwordHash() != null ? PASSWORD : 0)
                | (link.forwardQuery() ? FORWARD_QUERY : 0)
                | (link.crawlable() ? CRAWLABLE : 0)
                | (link.blocked() ? BLOCKED : 0)
                | (link.title() != null ? TITLE : 0)
                | (link.createdBy() != null ? CREATED_BY : 0);
    }

    private static final class Writer {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);

        void varint(long value) {
            long rest = value;
            while ((rest & ~(VARINT_MORE - 1L)) != 0) {
                bytes.write((int) rest | VARINT_MORE);
                rest >>>= VARINT_PAYLOAD_BITS;
            }
            bytes.write((int) rest);
        }

        void instant(Instant instant) {
            varint(zigzag(instant.getEpochSecond()));
            varint(instant.getNano());
        }

        void string(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            varint(utf8.length);
            bytes.write(utf8, 0, utf8.length);
        }

        void optionalString(@Nullable String text) {
            bytes.write(text == null ? 0 : 1);
            if (text != null) {
                string(text);
            }
        }

        private static long zigzag(long value) {
            return (value << 1) ^ (value >> (Long.SIZE - 1));
        }
    }

    private record Reader(ByteBuffer in) {
        long varint() {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += VARINT_PAYLOAD_BITS) {
                byte next = in.get();
                value |= (long) (next & (VARINT_MORE - 1)) << shift;
                if (next >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("varint longer than 10 bytes");
        }

        /** A number of things that follow; each takes at least a byte. */
        int count() {
            long count = varint();
            if (count < 0 || count > in.remaining()) {
                throw new IllegalArgumentException("count must be in [0, " + in.remaining() + "]: " + count);
            }
            return (int) count;
        }

        Instant instant() {
            long zigzag = varint();
            return Instant.ofEpochSecond((zigzag >>> 1) ^ -(zigzag & 1), varint());
        }

        String string() {
            byte[] utf8 = new byte[count()];
            in.get(utf8);
            return new String(utf8, StandardCharsets.UTF_8);
        }

        @Nullable
        String optionalString() {
            return in.get() == 0 ? null : string();
        }
    }
}
