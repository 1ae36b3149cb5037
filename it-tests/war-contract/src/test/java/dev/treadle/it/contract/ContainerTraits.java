package dev.treadle.it.contract;

import dev.treadle.launcher.host.ContainerKind;
import dev.treadle.tck.Gap;
import dev.treadle.tck.Protocol;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The gaps and faults of a container by itself. The tests of its adapter name the place in its
 * source for each.
 */
final class ContainerTraits {
    private static final boolean OLDER_JDK = Runtime.version().feature() < 24;

    private ContainerTraits() {}

    static Set<Gap> gaps(Protocol protocol) {
        Set<Gap> gaps = EnumSet.of(Gap.STARTS_ONCE);
        boolean http2 = protocol.isHttp2();
        switch (WarTckServer.kind()) {
            case TOMCAT10, TOMCAT11 -> {
                gaps.add(
                        http2 ? Gap.STRUCK_STREAMS_END_A_STALLED_CONNECTION : Gap.CLOSES_AFTER_503);
                if (http2 && WarTckServer.kind() == ContainerKind.TOMCAT11) {
                    gaps.add(Gap.WRITE_LISTENERS_LOSE_ANSWERS_OVER_HTTP2);
                }
            }
            case JETTY_EE10, JETTY_EE11 -> {}
            case UNDERTOW -> {
                if (http2 || OLDER_JDK) {
                    gaps.add(Gap.NO_HUB_LOOPS);
                }
            }
        }
        return gaps;
    }

    static List<String> faults(Protocol protocol) {
        return switch (WarTckServer.kind()) {
            case TOMCAT10, TOMCAT11 -> List.of("asyncPostProcess.*MUST_ERROR");
            case JETTY_EE10, JETTY_EE11 ->
                    protocol.isHttp2()
                            ? List.of(
                                    "handleException .*(ClosedChannelException|EOFException: reset)",
                                    "(?s)unknown request.*_servletContextRequest\" is null")
                            : List.of();
            case UNDERTOW ->
                    protocol.isHttp2()
                            ? List.of(
                                    "UT005023.*AbstractFramedStreamSinkChannel\\.write",
                                    "UT015021.*onAsyncTimeout")
                            : List.of("UT015021.*onAsyncTimeout");
        };
    }
}
