package dev.treadle.gate;

/**
 * The outcome for a request that an adapter brings to the {@link Gate}: the permit to be inside, or
 * what to answer in place of the application.
 *
 * <pre>{@code
 * switch (gate.enter(method, path, client)) {
 *     case Permit permit -> ... run the application, and release the permit ...
 *     case GateAnswer answer -> ... write the answer ...
 * }
 * }</pre>
 *
 * @since 0.2.0
 */
public sealed interface Admission permits Permit, GateAnswer {}
