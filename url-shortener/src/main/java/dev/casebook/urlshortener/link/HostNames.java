package dev.casebook.urlshortener.link;

import com.ibm.icu.text.IDNA;
import com.ibm.icu.text.SpoofChecker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads the host of a URL: names by UTS #46 (non-transitional, as browsers do), IPv4 only as four decimal numbers, IPv6 in
 * brackets written by RFC 5952. Thread-safe.
 *
 * <p>The display form is Unicode unless a label could be taken for another: it mixes scripts beyond UTS #39's "highly
 * restrictive" level, hides invisible characters, or is not ASCII while its confusables skeleton is (an all-Cyrillic
 * "apple"). Then punycode is shown, as browsers do.
 */
final class HostNames {
    private static final int NAME_LENGTH_MAX = 253;
    private static final int LABEL_LENGTH_MAX = 63;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_-]{1," + LABEL_LENGTH_MAX + "}");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0x[0-9a-f]*");
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");

    private final IDNA idna = IDNA.getUTS46Instance(
            IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ | IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.NONTRANSITIONAL_TO_UNICODE);
    private final SpoofChecker spoofChecker = new SpoofChecker.Builder()
            .setChecks(SpoofChecker.RESTRICTION_LEVEL | SpoofChecker.INVISIBLE | SpoofChecker.MIXED_NUMBERS)
            .setRestrictionLevel(SpoofChecker.RestrictionLevel.HIGHLY_RESTRICTIVE)
            .build();

    /** What a host string turned out to be. */
    sealed interface Parsed {}

    /** A usable host; see {@link NormalizedUrl} for the three parts. */
    record Host(String ascii, String display, boolean homograph) implements Parsed {}

    /** Not a host; {@code why} is a sentence. */
    record Invalid(String why) implements Parsed {}

    Parsed parse(String typed) {
        if (typed.isEmpty()) {
            return new Invalid("a destination needs a host");
        }
        if (typed.startsWith("[")) {
            return ipv6(typed.substring(1, typed.length() - 1));
        }
        if (typed.indexOf('%') >= 0) {
            return new Invalid("a host must not contain percent signs: " + typed);
        }
        String ascii = typed.toLowerCase(Locale.ROOT);
        if (!isAscii(ascii) || ascii.contains("xn--")) {
            StringBuilder mapped = new StringBuilder();
            IDNA.Info info = new IDNA.Info();
            idna.nameToASCII(typed, mapped, info);
            if (!withoutHyphenRules(info).isEmpty()) {
                return new Invalid("not a valid internationalised host name: " + typed);
            }
            ascii = mapped.toString();
        }
        if (ascii.endsWith(".")) {
            ascii = ascii.substring(0, ascii.length() - 1);
        }
        return name(ascii);
    }

    private Parsed name(String ascii) {
        String[] labels = ascii.split("\\.", -1);
        if (ascii.length() > NAME_LENGTH_MAX) {
            return new Invalid("a host name may have at most " + NAME_LENGTH_MAX + " characters");
        }
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                return new Invalid("not a host name: " + ascii);
            }
        }
        if (NUMBER.matcher(labels[labels.length - 1]).matches()) {
            return isDottedQuad(labels)
                    ? new Host(ascii, ascii, false)
                    : new Invalid("an IPv4 address must be written as four decimal numbers: " + ascii);
        }
        if (!ascii.contains("xn--")) {
            return new Host(ascii, ascii, false);
        }
        StringBuilder unicode = new StringBuilder();
        idna.nameToUnicode(ascii, unicode, new IDNA.Info());
        boolean homograph = false;
        for (String label : unicode.toString().split("\\.", -1)) {
            homograph |= mayDeceive(label);
        }
        return new Host(ascii, homograph ? ascii : unicode.toString(), homograph);
    }

    private boolean mayDeceive(String label) {
        return !isAscii(label) && (spoofChecker.failsChecks(label) || isAscii(spoofChecker.getSkeleton(label)));
    }

    /** Names such as {@code r3---sn-4g5e} are in use although IDNA forbids them; browsers let them pass as well. */
    private static EnumSet<IDNA.Error> withoutHyphenRules(IDNA.Info info) {
        EnumSet<IDNA.Error> errors = EnumSet.noneOf(IDNA.Error.class);
        errors.addAll(info.getErrors());
        errors.removeAll(EnumSet.of(IDNA.Error.HYPHEN_3_4, IDNA.Error.LEADING_HYPHEN, IDNA.Error.TRAILING_HYPHEN));
        return errors;
    }

    /** Browsers also read 0x7f.1, 0177.0.0.1 and 2130706433 as addresses; a filter that does not would be fooled. */
    private static boolean isDottedQuad(String[] labels) {
        if (labels.length != 4) {
            return false;
        }
        for (String label : labels) {
            if (!OCTET.matcher(label).matches() || Integer.parseInt(label) > 255) {
                return false;
            }
        }
        return true;
    }

    private static Parsed ipv6(String literal) {
        if (literal.indexOf('%') >= 0) {
            return new Invalid("an IPv6 address must not name a zone: " + literal);
        }
        try {
            InetAddress address = Inet6Address.ofLiteral(literal);
            String text = address instanceof Inet6Address v6 ? "[" + compressed(v6.getAddress()) + "]" : "";
            return text.isEmpty()
                    ? new Invalid("an IPv4 address must not be written as IPv6: " + literal)
                    : new Host(text, text, false);
        } catch (IllegalArgumentException notAnAddress) {
            return new Invalid("not an IPv6 address: " + literal);
        }
    }

    /** RFC 5952 section 4: the longest run of two or more zero groups, the first of equals, becomes two colons. */
    private static String compressed(byte[] address) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
        }
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                out.append("::");
                i += runLength - 1;
            } else {
                out.append(out.isEmpty() || out.charAt(out.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[i]));
            }
        }
        return out.toString();
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 128);
    }
}
