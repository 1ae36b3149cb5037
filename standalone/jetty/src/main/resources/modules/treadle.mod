[description]
Runs requests on Treadle's workers: virtual threads or platform threads, with a limit and a queue.
For the model gevent use the module gevent, or start the JVM with
--add-opens=java.base/java.lang=ALL-UNNAMED.

[tags]
threadpool

[depend]
logging
threadpool

[before]
server

[lib]
lib/treadle/treadle-jetty-standalone-${project.version}.jar

[xml]
etc/treadle.xml

[ini-template]
## One of the first three has to be set. The page of all settings: docs/settings.md of Treadle.

## N: so many requests at a time, a virtual thread of the JDK each.
# treadle.virtual=1000

## N: so many platform threads.
# treadle.threads=200

## N: so many requests at a time, a greenlet each.
# treadle.gevent=1000

## Hubs that carry the greenlets; by default as many as there are cores.
# treadle.hubs=2

## Whether Jetty's selectors carry the hubs.
# treadle.hub-loop=on

## Whether the hubs poll the sockets that greenlets wait for.
# treadle.hub-sockets=off

## A hub that is held for longer goes to a spare carrier, or off.
# treadle.retake=5ms

## A slice that is longer is counted and logged.
# treadle.max-blocking-time=100ms

## Requests that may wait in the queue; by default N.
# treadle.queue=1000

## The longest wait in the queue before 503.
# treadle.queue-timeout=10s

## fifo or adaptive-lifo.
# treadle.queue-order=fifo

## The status of a request that is refused because of load.
# treadle.refuse-status=503

## The wait that refused clients are told.
# treadle.retry-after=1s

## Paths that pass a full gate, such as /healthz.
# treadle.priority-path=off

## A path that the gate answers: 200, and 503 from the first moment of a stop.
# treadle.ready-path=off

## Inner limits, such as /checkout/*=50.
# treadle.limit=off

## Event streams that may be open besides the N; by default 10 times N.
# treadle.streams=10000

## The longest that a request may run.
# treadle.harakiri=off

## Harakiri only while more than so many wait in the queue.
# treadle.harakiri-queue-threshold=0

## The grace of the requests inside at a stop.
# treadle.drain=25s

## How long a stop goes on taking requests.
# treadle.drain-delay=0s

## The accept backlog; by default the greater of 1024 and N.
# treadle.listen=1024

## Whether another process may listen on the same port.
# treadle.reuse-port=off
