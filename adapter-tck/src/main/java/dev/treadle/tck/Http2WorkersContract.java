package dev.treadle.tck;

/**
 * The contract of every adapter over HTTP/2: the parts of {@link WorkersContract} for which a
 * connection and a stream differ, and the features of HTTP/2 only. Subclass it twice, with {@link
 * Over} for {@link Protocol#H2C} and {@link Protocol#H2}.
 */
public abstract class Http2WorkersContract extends AdapterContract
        implements PermitContract,
                AsyncContract,
                HttpContract,
                ListenerContract,
                OverloadContract,
                HarakiriContract,
                SwitchContract,
                DrainContract,
                StreamsContract,
                RequestsContract,
                TimesContract,
                AbortContract,
                Http2Contract {
    /** For subclasses. */
    protected Http2WorkersContract() {}
}
