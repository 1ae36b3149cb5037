package dev.treadle.launcher.host;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A range of IP addresses in the notation of CIDR, such as {@code 10.0.0.0/8} or {@code fd00::/8};
 * or one address.
 *
 * @param network an address of the range
 * @param bits how many leading bits all of them have in common, from 0 to 128
 */
public record AddressRange(InetAddress network, int bits) {
    private static final Pattern V4 =
            Pattern.compile(
                    "OCTET(\\.OCTET){3}".replace("OCTET", "(25[0-5]|2[0-4]\\d|1\\d\\d|\\d?\\d)"));
    private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,3}");

    /** Reads a range; returns null if the text is none. */
    public static @Nullable AddressRange parse(String text) {
        String[] parts = text.split("/", -1);
        InetAddress network = address(parts[0]);
        if (network == null || parts.length > 2) {
            return null;
        }
        int all = network.getAddress().length * Byte.SIZE;
        if (parts.length == 1) {
            return new AddressRange(network, all);
        }
        if (!LENGTH.matcher(parts[1]).matches() || Integer.parseInt(parts[1]) > all) {
            return null;
        }
        return new AddressRange(network, Integer.parseInt(parts[1]));
    }

    /** Reads an address without a name, which is never looked up; returns null if it is none. */
    public static @Nullable InetAddress address(String text) {
        if (!V4.matcher(text).matches() && !V6.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException noAddress) {
            return null;
        }
    }

    /** Whether an address is in this range. */
    public boolean contains(InetAddress address) {
        byte[] own = network.getAddress();
        byte[] other = address.getAddress();
        if (own.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((own[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
