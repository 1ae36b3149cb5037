package dev.treadle.it.boot;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.client.RestClient;
import org.springframework.web.context.annotation.RequestScope;

/** A Spring MVC application with the parts that most have. */
@SpringBootApplication
@EnableAsync
public class BootApp {
    /** Made by Spring. */
    public BootApp() {}

    /** Starts it. */
    public static void main(String[] arguments) {
        // as many connections to the third party are kept as requests ask it at once; the JDK keeps
        // five (HttpURLConnection)
        System.setProperty("http.maxConnections", "1000");
        SpringApplication.run(BootApp.class, arguments);
    }

    /** Only what is private asks who it is. */
    @Bean
    SecurityFilterChain security(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests ->
                        requests.requestMatchers("/private/**")
                                .authenticated()
                                .anyRequest()
                                .permitAll())
                .httpBasic(Customizer.withDefaults())
                .csrf(csrf -> csrf.disable())
                .build();
    }

    @Bean
    UserDetailsService users() {
        return new InMemoryUserDetailsManager(
                User.withUsername("ada").password("{noop}lovelace").roles("USER").build());
    }

    /** A client of the slow third party. */
    @Bean
    RestClient thirdParty(@Value("${app.third-party}") String url) {
        return RestClient.builder()
                .baseUrl(url)
                .requestFactory(new SimpleClientHttpRequestFactory())
                .build();
    }

    @Bean
    @RequestScope
    Notes notes() {
        return new Notes();
    }
}
