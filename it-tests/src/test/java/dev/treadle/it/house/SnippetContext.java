package dev.treadle.it.house;

import dev.treadle.Workers;
import dev.treadle.settings.WorkerSettings;

import io.undertow.Undertow;
import io.undertow.server.HttpHandler;

import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.NullUnmarked;

import java.util.List;

/**
 * The names that a Java snippet of the documentation may use without declaring them. A snippet that
 * is no whole file is compiled as the body of a method of a subclass. It is never run, so nothing
 * here has a value.
 */
@NullUnmarked
abstract class SnippetContext {
    Tomcat tomcat;
    Undertow.Builder undertowBuilder;
    HttpHandler rootHandler;
    Workers workers;
    WorkerSettings settings;

    Users users;
    Shop shop;
    Risk risk;
    Client client;
    Order order;
    String id;
    List<String> ids;

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
}
