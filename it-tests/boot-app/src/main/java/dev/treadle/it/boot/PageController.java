package dev.treadle.it.boot;

import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** Pages that need no database. */
@RestController
public class PageController {
    private static final long FOR_EVER = 0;

    private final RestClient thirdParty;
    private final Notes notes;
    private final Background background;
    private final String greeting;

    /** Made by Spring. */
    public PageController(
            RestClient thirdParty,
            Notes notes,
            Background background,
            @Value("${app.greeting}") String greeting) {
        this.thirdParty = thirdParty;
        this.notes = notes;
        this.background = background;
        this.greeting = greeting;
    }

    /** Answers at once. */
    @GetMapping("/hello")
    public String hello() {
        return greeting;
    }

    /** Says on which thread it runs. */
    @GetMapping("/thread")
    public Map<String, Object> thread() {
        Thread current = Thread.currentThread();
        return Map.of("name", current.getName(), "virtual", current.isVirtual());
    }

    /** Asks the third party, which takes its time. */
    @GetMapping("/checkout")
    public String checkout(@RequestParam long ms) {
        return thirdParty.get().uri("/pay?ms={ms}", ms).retrieve().body(String.class);
    }

    /** Says who asks. */
    @GetMapping("/private/me")
    public Map<String, String> me(Principal principal) {
        return Map.of("principal", principal.getName(), "service", background.principal());
    }

    /** Says what the surroundings of a request are, before and after it has waited. */
    @GetMapping("/context")
    public Map<String, Object> context(@RequestParam String note, Locale locale)
            throws InterruptedException {
        notes.add(note);
        MDC.put("note", note);
        try {
            Thread.sleep(20);
            return Map.of(
                    "locale", locale.toString(),
                    "mdc", String.valueOf(MDC.get("note")),
                    "notes", notes.lines());
        } finally {
            MDC.remove("note");
        }
    }

    /** Takes a file. */
    @PostMapping("/upload")
    public Map<String, Object> upload(@RequestParam MultipartFile file)
            throws IOException, NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(file.getBytes());
        return Map.of("size", file.getSize(), "sha256", HexFormat.of().formatHex(digest));
    }

    /** Sends events, one after the other. */
    @GetMapping("/events")
    public SseEmitter events(@RequestParam int count) {
        SseEmitter emitter = new SseEmitter(30_000L);
        background.send(emitter, count);
        return emitter;
    }

    /** Sends no event before something happens, as notifications do: nothing ever happens here. */
    @GetMapping("/events/silent")
    public SseEmitter silentEvents() {
        return new SseEmitter(FOR_EVER);
    }

    /** The same, with a status of its own. */
    @GetMapping("/events/silent-entity")
    public ResponseEntity<SseEmitter> silentEntity() {
        return ResponseEntity.ok(new SseEmitter(FOR_EVER));
    }

    /** Sends one event, and no other. */
    @GetMapping("/events/one")
    public SseEmitter oneEvent() throws IOException {
        SseEmitter emitter = new SseEmitter(FOR_EVER);
        emitter.send("the only one");
        return emitter;
    }

    /** Answers from another thread, later. */
    @GetMapping("/deferred")
    public DeferredResult<String> deferred(@RequestParam long ms) {
        DeferredResult<String> result = new DeferredResult<>(30_000L);
        background.complete(result, ms);
        return result;
    }

    /** Is never answered, and so answered by its time limit. */
    @GetMapping("/deferred/never")
    public DeferredResult<String> never() {
        return new DeferredResult<>(200L, "too late");
    }

    /** Answers from the task executor of Spring MVC. */
    @GetMapping("/callable")
    public Callable<String> callable() {
        return () -> {
            Thread.sleep(20);
            return "called";
        };
    }

    /** Streams a long answer. */
    @GetMapping("/stream")
    public StreamingResponseBody stream(@RequestParam int lines) {
        return out -> {
            for (int i = 0; i < lines; i++) {
                out.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        };
    }

    /** Says on which thread a method with Async runs. */
    @GetMapping("/async")
    public String async() throws Exception {
        return background.threadName().get();
    }

    /** Fails. */
    @GetMapping("/broken")
    public String broken() {
        throw new IllegalStateException("broken on purpose");
    }

    /** Refuses. */
    @GetMapping("/conflict")
    public String conflict() {
        throw new Conflict();
    }

    /** The exception by which it refuses. */
    @ResponseStatus(HttpStatus.CONFLICT)
    static final class Conflict extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Conflict() {
            super("taken already");
        }
    }
}
