package dev.casebook.urlshortener.redirect;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The few things that redirect rules ask of a User-Agent, by the tokens that the browsers themselves document. The
 * statistics use a full parser; a rule must be cheap, and a wrong guess here must not differ from what Shlink's rules
 * would do for the common browsers.
 *
 * @param devices all device names that fit: a phone is both {@code android} and {@code mobile}
 * @param browser lower case, empty when unknown
 */
record UserAgentTraits(Set<Device> devices, String browser) {
    /** Shlink's device names. */
    enum Device {
        ANDROID,
        IOS,
        MOBILE,
        WINDOWS,
        MACOS,
        LINUX,
        CHROMEOS,
        DESKTOP;

        /** The name in a condition. */
        String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Tokens longer than this many characters of User-Agent are not looked for. */
    private static final int LENGTH_MAX = 1024;

    static UserAgentTraits of(String userAgent) {
        String ua = (userAgent.length() > LENGTH_MAX ? userAgent.substring(0, LENGTH_MAX) : userAgent)
                .toLowerCase(Locale.ROOT);
        return new UserAgentTraits(devicesOf(ua), browserOf(ua));
    }

    boolean isDevice(String wireName) {
        return devices.stream().anyMatch(device -> device.wireName().equalsIgnoreCase(wireName));
    }

    private static Set<Device> devicesOf(String ua) {
        if (ua.contains("iphone") || ua.contains("ipad") || ua.contains("ipod")) {
            return EnumSet.of(Device.IOS, Device.MOBILE);
        }
        if (ua.contains("windows phone")) { // claims Android and iPhone besides
            return EnumSet.of(Device.MOBILE);
        }
        if (ua.contains("android")) {
            return EnumSet.of(Device.ANDROID, Device.MOBILE);
        }
        if (ua.contains("windows")) {
            return EnumSet.of(Device.WINDOWS, Device.DESKTOP);
        }
        if (ua.contains("macintosh") || ua.contains("mac os x")) {
            return EnumSet.of(Device.MACOS, Device.DESKTOP);
        }
        if (ua.contains("; cros ") || ua.contains("(cros ") || ua.contains("x11; cros")) {
            return EnumSet.of(Device.CHROMEOS, Device.DESKTOP);
        }
        if (ua.contains("mobile")) {
            return EnumSet.of(Device.MOBILE);
        }
        if (ua.contains("linux")) {
            return EnumSet.of(Device.LINUX, Device.DESKTOP);
        }
        return EnumSet.noneOf(Device.class);
    }

    /** The order matters: each one names all those below it as well. */
    private static String browserOf(String ua) {
        if (ua.contains("edg/") || ua.contains("edga/") || ua.contains("edgios/") || ua.contains("edge/")) {
            return "edge";
        }
        if (ua.contains("opr/") || ua.contains("opera")) {
            return "opera";
        }
        if (ua.contains("samsungbrowser/")) {
            return "samsungbrowser";
        }
        if (ua.contains("vivaldi/")) {
            return "vivaldi";
        }
        if (ua.contains("firefox/") || ua.contains("fxios/")) {
            return "firefox";
        }
        if (ua.contains("chrome/") || ua.contains("crios/") || ua.contains("chromium/")) {
            return "chrome";
        }
        if (ua.contains("safari/") && ua.contains("version/")) {
            return "safari";
        }
        if (ua.contains("msie ") || ua.contains("trident/")) {
            return "msie";
        }
        return "";
    }
}
