package dev.treadle.internal.gate;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * The address of a client without its last part, for reports that many may read: the network is
 * told, and no person.
 */
final class MaskedAddress {
    private static final int SHOWN_OF_V6 = 3; // 48 bits, in groups of 16

    private MaskedAddress() {}

    /**
     * Returns {@code 10.1.2.x} for IPv4, and the first 48 bits for IPv6: {@code 2001:db8:1::x}.
     *
     * @return empty for no address
     */
    static String of(@Nullable InetAddress address) {
        if (address == null) {
            return "";
        }
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return (bytes[0] & 0xFF) + "." + (bytes[1] & 0xFF) + "." + (bytes[2] & 0xFF) + ".x";
        }
        int[] groups = new int[SHOWN_OF_V6];
        int shown = 0;
        for (int i = 0; i < SHOWN_OF_V6; i++) {
            groups[i] = (bytes[2 * i] & 0xFF) << 8 | (bytes[2 * i + 1] & 0xFF);
            shown = groups[i] == 0 ? shown : i + 1; // zeros at the end are in the double colon
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < shown; i++) {
            text.append(i == 0 ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.append("::x").toString();
    }
}
