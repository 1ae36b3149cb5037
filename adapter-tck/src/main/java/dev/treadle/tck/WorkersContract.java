package dev.treadle.tck;

/**
 * The contract of every adapter, the same on every container and for every worker model. Subclass
 * it in the adapter's tests. The subclass only tells how a server is made. The parts are
 * interfaces, one for each aspect of the contract.
 */
public abstract class WorkersContract extends AdapterContract
        implements PermitContract,
                AsyncContract,
                HttpContract,
                ListenerContract,
                Http1Contract,
                LifecycleContract,
                GeventContract,
                HubContract,
                ChildContract,
                OverloadContract,
                DoorContract,
                ContextPathContract,
                HarakiriContract,
                SwitchContract,
                BusyDrainContract,
                StreamsContract,
                RequestsContract,
                TimesContract,
                ReportsContract,
                AbortContract {
    /** For subclasses. */
    protected WorkersContract() {}
}
