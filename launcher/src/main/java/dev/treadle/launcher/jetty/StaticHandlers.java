package dev.treadle.launcher.jetty;

import dev.treadle.launcher.host.StaticFiles;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.resource.ResourceFactory;

import java.util.List;

/** Makes handlers of directories. */
final class StaticHandlers {
    private StaticHandlers() {}

    /** Returns a handler that takes what is below their paths, and nothing else. */
    static Handler of(List<StaticFiles> all) {
        ContextHandlerCollection contexts = new ContextHandlerCollection();
        all.forEach(each -> contexts.addHandler(context(each)));
        return contexts;
    }

    private static ContextHandler context(StaticFiles files) {
        ResourceHandler resources = new ResourceHandler(new NotFound());
        resources.setDirAllowed(false);
        resources.setEtags(true);
        resources.setWelcomeFiles(StaticFiles.INDEX);
        ContextHandler context = new ContextHandler(resources, files.path());
        context.setBaseResource(ResourceFactory.of(context).newResource(files.directory()));
        // by default Jetty follows a symbolic link to anywhere
        context.clearAliasChecks();
        return context;
    }

    /** What is not there is not looked for in an application. */
    private static final class NotFound extends Handler.Abstract.NonBlocking {
        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
            return true;
        }
    }
}
