package dev.treadle.it.users;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application that starts sooner than the whole one: it has no database. */
@SpringBootConfiguration
@EnableAutoConfiguration(
        excludeName = { // where they are in Boot 3, and in Boot 4
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"
        })
@Import(Small.Page.class)
public class Small {
    /** Made by Spring. */
    public Small() {}

    @Bean
    SecurityFilterChain open(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll()).build();
    }

    /** Its only page. */
    @RestController
    static final class Page {
        Page() {}

        /** Says on which thread it runs. */
        @GetMapping("/thread")
        String thread() {
            return Thread.currentThread().getName();
        }
    }
}
