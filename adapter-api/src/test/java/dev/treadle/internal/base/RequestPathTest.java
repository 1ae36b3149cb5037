package dev.treadle.internal.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestPathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "*",
                "/a",
                "/a/",
                "/a/b.c",
                "/.well-known/x",
                "/a/..b",
                "/a/b..",
                "/...",
                "/a/.../b",
                "/\u00e9",
                "/a:b/c@d",
                "/a b"
            })
    void aPathWithoutASecondFormIsPlain(String path) {
        assertThat(RequestPath.isPlain(path)).isTrue();
        assertThat(RequestPath.forms(path)).containsOnly(path, last(path));
    }

    private static String last(String path) {
        return path.equals("*") ? "/*" : path;
    }

    @ParameterizedTest
    @CsvSource({
        "/healthz/../big.html,     /big.html",
        "//big.html,               /big.html",
        "/a//b///c,                /a/b/c",
        "/a/./b,                   /a/b",
        "/a/.,                     /a/",
        "/a/..,                    /",
        "/a/b/..,                  /a/",
        "/..,                      /",
        "/../../a,                 /a",
        "/.,                       /",
        "//,                       /",
        "/a/%2e%2e/b,              /b",
        "/a/.%2E/b,                /b",
        "/a%2fb,                   /a/b",
        "/a/..%2Fb,                /b",
        "/a\\..\\b,                 /b",
        "/a%5c..%5Cb,              /b",
        "/a;x=1/b,                 /a/b",
        "/a/..;x=1/b,              /b",
        "/a;x=%2f..%2f/b,          /a/b",
        "/a%3bx=1/b,               /a/b",
        "/a/%252e%252e/b,          /a/%2e%2e/b",
        "/100%,                    /100%",
        "/100%zz,                  /100%zz",
        "/%c3%a9,                  /\u00e9",
    })
    void aPathWithASecondFormIsNotPlain(String path, String resolved) {
        assertThat(RequestPath.isPlain(path)).isFalse();
        assertThat(RequestPath.forms(path)).startsWith(path).endsWith(resolved);
    }

    /** Some containers map this form to a servlet, and refuse or resolve nothing. */
    @Test
    void theFormThatIsDecodedAndNotResolvedIsThereToo() {
        assertThat(RequestPath.forms("/a%2f..%2fslow")).contains("/a/../slow", "/slow");
    }
}
