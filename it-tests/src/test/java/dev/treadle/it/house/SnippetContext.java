package dev.treadle.it.house;

import dev.treadle.WorkerSettings;
import dev.treadle.Workers;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;

import org.apache.catalina.startup.Tomcat;

import java.util.List;

/**
 * The names that a Java snippet of the documentation may use without declaring them. A snippet that
 * is no whole file is compiled as the body of a method of a subclass; it is never run.
 */
abstract class SnippetContext {
    final Tomcat tomcat = given();
    final Undertow.Builder undertowBuilder = given();
    final HttpHandler rootHandler = given();
    final Workers workers = given();
    final WorkerSettings settings = given();

    final Users users = given();
    final Shop shop = given();
    final Risk risk = given();
    final Client client = given();
    final Order order = given();
    final String id = given();
    final List<String> ids = given();

    record User(String name) {}

    record Offer(String text) {}

    record Score(int value) {}

    record Order(String id) {}

    record Receipt(String number) {}

    interface Users {
        User find(String id);
    }

    interface Shop {
        List<Offer> offersFor(String id);
    }

    interface Risk {
        Score score(String id);
    }

    interface Client {
        Receipt pay(Order order);
    }

    abstract void render(Object... parts);

    private static <T> T given() {
        throw new UnsupportedOperationException("snippets are compiled, not run");
    }
}
