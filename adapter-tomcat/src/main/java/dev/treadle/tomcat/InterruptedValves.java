package dev.treadle.tomcat;

import org.apache.catalina.Container;
import org.apache.catalina.ContainerEvent;
import org.apache.catalina.ContainerListener;
import org.apache.catalina.Context;
import org.apache.catalina.Engine;

import java.util.stream.Stream;

/** Puts an {@link InterruptedValve} into each web application, also into those deployed later. */
final class InterruptedValves implements ContainerListener {
    void addTo(Engine engine) {
        addBelow(engine);
    }

    private void addBelow(Container container) {
        if (container instanceof Context context) {
            if (Stream.of(context.getPipeline().getValves())
                    .noneMatch(InterruptedValve.class::isInstance)) {
                context.getPipeline().addValve(new InterruptedValve());
            }
            return;
        }
        container.addContainerListener(this);
        for (Container child : container.findChildren()) {
            addBelow(child);
        }
    }

    /** Tomcat reports a new child before it starts the child. */
    @Override
    public void containerEvent(ContainerEvent event) {
        if (event.getType().equals(Container.ADD_CHILD_EVENT)
                && event.getData() instanceof Container child) {
            addBelow(child);
        }
    }
}
