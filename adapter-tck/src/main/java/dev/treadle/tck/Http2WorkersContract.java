package dev.treadle.tck;

/**
 * What every adapter must do over HTTP/2: the parts of {@link WorkersContract} that see a
 * difference between a connection and a stream, and what there is in HTTP/2 only. Subclass it
 * twice, with {@link Over} for {@link Protocol#H2C} and {@link Protocol#H2}.
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
                AbortContract,
                Http2Contract {
    /** For subclasses. */
    protected Http2WorkersContract() {}
}
