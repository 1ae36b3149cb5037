package dev.treadle.internal.gate;

/**
 * The observations of one client's connection in the socket table of the operating system. Used
 * only by the thread of {@link ClientWatch}.
 */
final class ClientSeen {
    private boolean seen;
    private int missed;

    /**
     * Takes one look, and says whether the client has left. A connection that is not in the table
     * at all was reset, if it was seen there before or if the port it came to is: if neither was,
     * what the container calls its ends is not what the operating system does. Two looks have to
     * miss it: the kernel gives the table page by page, and may pass over a line when another one
     * goes away between two pages.
     *
     * @param open whether the connection is open in both directions
     * @param there whether the connection is in the table
     * @param listening whether a listening socket of its local port is in the table
     */
    boolean hasLeft(boolean open, boolean there, boolean listening) {
        if (open) {
            seen = true;
            missed = 0;
            return false;
        }
        return there || ((seen || listening) && ++missed > 1);
    }
}
