package dev.treadle.it.agent.program;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** The ways in which applications make pools. */
enum PoolKind {
    FIXED(3, true) {
        @Override
        ExecutorService make() {
            return Executors.newFixedThreadPool(3);
        }
    },
    FIXED_WITH_FACTORY(3, true) {
        @Override
        ExecutorService make() {
            return Executors.newFixedThreadPool(3, named("fixed"));
        }
    },
    CACHED(Integer.MAX_VALUE, true) {
        @Override
        ExecutorService make() {
            return Executors.newCachedThreadPool();
        }
    },
    CACHED_WITH_FACTORY(Integer.MAX_VALUE, true) {
        @Override
        ExecutorService make() {
            return Executors.newCachedThreadPool(named("cached"));
        }
    },
    SINGLE(1, true) {
        @Override
        ExecutorService make() {
            return Executors.newSingleThreadExecutor();
        }
    },
    SINGLE_WITH_FACTORY(1, true) {
        @Override
        ExecutorService make() {
            return Executors.newSingleThreadExecutor(named("single"));
        }
    },
    CONSTRUCTED(2, true) {
        @Override
        ExecutorService make() {
            return new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
        }
    },
    CONSTRUCTED_WITH_FACTORY(2, true) {
        @Override
        ExecutorService make() {
            return new ThreadPoolExecutor(
                    2, 2, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), named("own"));
        }
    },
    CONSTRUCTED_WITH_POLICY(2, true) {
        @Override
        ExecutorService make() {
            return new ThreadPoolExecutor(
                    2,
                    2,
                    1,
                    TimeUnit.MINUTES,
                    new LinkedBlockingQueue<>(),
                    new ThreadPoolExecutor.AbortPolicy());
        }
    },
    CONSTRUCTED_WITH_BOTH(4, true) {
        @Override
        ExecutorService make() {
            boolean many = System.nanoTime() != 0; // a branch among the arguments
            return new ThreadPoolExecutor(
                    many ? 4 : 3,
                    many ? 4 : 3,
                    1,
                    TimeUnit.MINUTES,
                    new ArrayBlockingQueue<>(100),
                    many ? named("both") : Executors.defaultThreadFactory(),
                    new ThreadPoolExecutor.AbortPolicy());
        }
    },
    /** A pool among the arguments of a pool. */
    NESTED(2, true) {
        @Override
        ExecutorService make() {
            return new ThreadPoolExecutor(
                    new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>())
                            .getCorePoolSize(),
                    2,
                    1,
                    TimeUnit.MINUTES,
                    new LinkedBlockingQueue<>());
        }
    },
    REFERENCE_FIXED(3, true) {
        @Override
        ExecutorService make() {
            IntFunction<ExecutorService> maker = Executors::newFixedThreadPool;
            return maker.apply(3);
        }
    },
    REFERENCE_CACHED(Integer.MAX_VALUE, true) {
        @Override
        ExecutorService make() {
            Supplier<ExecutorService> maker = Executors::newCachedThreadPool;
            return maker.get();
        }
    },
    REFERENCE_SINGLE(1, true) {
        @Override
        ExecutorService make() {
            Function<ThreadFactory, ExecutorService> maker = Executors::newSingleThreadExecutor;
            return maker.apply(named("reference"));
        }
    },
    DAEMONS(2, true) {
        @Override
        ExecutorService make() {
            return Executors.newFixedThreadPool(
                    2, Thread.ofPlatform().daemon().name("daemon-", 1).factory());
        }
    },
    INHERITS_NOTHING(2, true) {
        @Override
        ExecutorService make() {
            return Executors.newFixedThreadPool(
                    2,
                    Thread.ofPlatform()
                            .inheritInheritableThreadLocals(false)
                            .name("alone-", 1)
                            .factory());
        }
    },
    WITH_HANDLER(2, true) {
        @Override
        ExecutorService make() {
            return Executors.newFixedThreadPool(
                    2,
                    Thread.ofPlatform()
                            .name("handled-", 1)
                            .uncaughtExceptionHandler((thread, thrown) ->
                                    PoolTable.handled("handler", thread, thrown))
                            .factory());
        }
    },
    VIRTUAL_ALREADY(2, true) {
        @Override
        ExecutorService make() {
            return Executors.newFixedThreadPool(2, Thread.ofVirtual().name("v-", 1).factory());
        }
    },

    SCHEDULED(2, false) {
        @Override
        ExecutorService make() {
            return Executors.newScheduledThreadPool(2);
        }
    },
    SINGLE_SCHEDULED(1, false) {
        @Override
        ExecutorService make() {
            return Executors.newSingleThreadScheduledExecutor();
        }
    },
    CONSTRUCTED_SCHEDULED(2, false) {
        @Override
        ExecutorService make() {
            return new ScheduledThreadPoolExecutor(2);
        }
    },
    STEALING(2, false) {
        @Override
        ExecutorService make() {
            return Executors.newWorkStealingPool(2);
        }
    },
    FORK_JOIN(2, false) {
        @Override
        ExecutorService make() {
            return new ForkJoinPool(2);
        }
    },
    SUBCLASS(2, false) {
        @Override
        ExecutorService make() {
            return new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>()) {
                @Override
                protected void afterExecute(Runnable task, Throwable thrown) {
                    super.afterExecute(task, thrown);
                }
            };
        }
    },
    /** Its constructor makes a pool of the usual kind for an argument. */
    SUBCLASS_WITH_A_POOL(2, false) {
        @Override
        ExecutorService make() {
            return new Sub();
        }
    },
    THREADS_OF_A_CLASS(2, false) {
        @Override
        ExecutorService make() {
            return Executors.newFixedThreadPool(2, task -> new Thread(task, "sub") {});
        }
    },
    THREADS_IN_A_GROUP(2, false) {
        @Override
        ExecutorService make() {
            ThreadGroup group = new ThreadGroup("tricks");
            return Executors.newFixedThreadPool(2, task -> new Thread(group, task, "grouped"));
        }
    };

    private static final class Sub extends ThreadPoolExecutor {
        Sub() {
            super(
                    new ThreadPoolExecutor(2, 2, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>())
                            .getCorePoolSize(),
                    2,
                    1,
                    TimeUnit.MINUTES,
                    new LinkedBlockingQueue<>(),
                    named("sub"));
        }
    }

    private final int bound;
    private final boolean virtual;

    PoolKind(int bound, boolean virtual) {
        this.bound = bound;
        this.virtual = virtual;
    }

    abstract ExecutorService make();

    /** Returns how many tasks run at once at most. */
    int bound() {
        return bound;
    }

    /** Whether its threads are virtual with the agent. */
    public boolean isVirtualWithTheAgent() {
        return virtual;
    }

    /** Whether its tasks wait in one queue. */
    boolean hasOneQueue() {
        return bound < Integer.MAX_VALUE && this != STEALING && this != FORK_JOIN;
    }

    /** As most applications name their threads. */
    static ThreadFactory named(String name) {
        return new ThreadFactory() {
            private int next = 1;

            @Override
            public Thread newThread(Runnable task) {
                return new Thread(task, name + "-" + next++);
            }
        };
    }
}
