package com.example.shop;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Its pages. */
@RestController
class ShopController {
    @GetMapping("/hello")
    String hello() {
        return "hello";
    }

    /** Waits, as for a third party. */
    @GetMapping("/checkout")
    String checkout(@RequestParam long ms) throws InterruptedException {
        Thread.sleep(ms);
        return Thread.currentThread().getName();
    }
}
