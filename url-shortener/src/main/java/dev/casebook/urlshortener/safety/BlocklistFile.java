package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.UrlNormalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blocklist in a text file of UTF-8 with a host on each line, in Unicode or punycode, IPv6 in brackets. Blank lines and
 * what follows a {@code #} do not count; lines of a hosts file ({@code 0.0.0.0 evil.example worse.example}) are understood.
 *
 * <p>A file that cannot be used refuses {@link #open}, so that no node starts with less protection than it was given. Later
 * the hosts last read stay in force while the file is gone or has a bad line, which is logged once for each such content: what
 * else is blocked must not depend on it. Whether the file has changed is told by its content, since a time stamp can be
 * kept or too coarse; reading 20 MB twice a minute costs less than parsing it once. A change counts when two readings in a row have
 * found it: one may fall into the middle of its being written, where half a list unblocks hosts and half a line blocks others. Thread-safe.
 */
public final class BlocklistFile implements BlockedHosts {
    /** Bytes of a file: about three million hosts. */
    public static final int BYTES_MAX = 64 << 20;

    private static final Pattern ADDRESS_OF_HOSTS_FILE =
            Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f.:]*(%\\w+)?");
    private static final Pattern HOST = Pattern.compile("\\[[0-9A-Fa-f:.]+]|[^/?#@:\\[\\]\\\\]+");
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Logger LOG = LoggerFactory.getLogger(BlocklistFile.class);

    private final Path file;
    private final UrlNormalizer urls = new UrlNormalizer();

    // Guarded by this.
    private byte[] digest = {};
    private byte[] seen = {};
    private Set<String> hosts = Set.of();
    private String complaint = "";

    private BlocklistFile(Path file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException when a line is not a host, with its number, or the file is too large or not UTF-8
     * @throws UncheckedIOException when the file cannot be read
     */
    public static BlocklistFile open(Path file) {
        BlocklistFile list = new BlocklistFile(file);
        try {
            list.readAgain();
        } catch (IOException failure) {
            throw new UncheckedIOException(unreadable(file, failure), failure);
        }
        return list;
    }

    @Override
    public synchronized Set<String> read() {
        try {
            readAgain();
            complaint = "";
        } catch (IOException failure) {
            complain(unreadable(file, failure));
        } catch (IllegalArgumentException unusable) {
            complain(String.valueOf(unusable.getMessage()));
        }
        return hosts;
    }

    private synchronized void readAgain() throws IOException {
        byte[] now;
        try (InputStream in = Files.newInputStream(file)) {
            now = in.readNBytes(BYTES_MAX + 1);
        }
        if (now.length > BYTES_MAX) {
            throw new IllegalArgumentException("the blocklist " + file + " must have at most " + BYTES_MAX + " bytes");
        }
        byte[] digestNow = sha256(now);
        boolean settled = digest.length == 0 || Arrays.equals(digestNow, seen);
        seen = digestNow;
        if (settled && !Arrays.equals(digestNow, digest)) {
            hosts = parse(now);
            digest = digestNow;
        }
    }

    private static String unreadable(Path file, IOException why) {
        return "cannot read the blocklist " + file + " (" + why + ")";
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private void complain(String what) {
        if (!what.equals(complaint)) {
            complaint = what;
            LOG.warn("{}; the {} hosts read before stay blocked", what, hosts.size());
        }
    }

    private Set<String> parse(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException notText) {
            throw new IllegalArgumentException("the blocklist " + file + " must be UTF-8", notText);
        }
        if (text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(BYTE_ORDER_MARK.length());
        }
        Set<String> parsed = new HashSet<>();
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            int comment = line.indexOf('#');
            String rest = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!rest.isEmpty()) {
                addHosts(List.of(rest.split("\\s+", -1)), number, parsed);
            }
        }
        return Set.copyOf(parsed);
    }

    private void addHosts(List<String> words, int number, Set<String> parsed) {
        boolean ofHostsFile = words.size() > 1
                && ADDRESS_OF_HOSTS_FILE.matcher(words.getFirst()).matches();
        if (words.size() > 1 && !ofHostsFile) {
            throw bad(number, "one host a line: " + String.join(" ", words));
        }
        for (String word : words.subList(ofHostsFile ? 1 : 0, words.size())) {
            parsed.add(host(word, number));
        }
    }

    /** In the spelling that destinations have, so by the same rules. */
    private String host(String word, int number) {
        if (!HOST.matcher(word).matches()) {
            throw bad(number, "not a host: " + word);
        }
        return switch (urls.normalize("http://" + word + "/")) {
            case Checked.Accepted<NormalizedUrl> url -> url.value().host();
            case Checked.Refused<NormalizedUrl> refused ->
                throw bad(number, refused.rejection().detail());
        };
    }

    private IllegalArgumentException bad(int number, String why) {
        return new IllegalArgumentException("the blocklist " + file + ", line " + number + ": " + why);
    }
}
