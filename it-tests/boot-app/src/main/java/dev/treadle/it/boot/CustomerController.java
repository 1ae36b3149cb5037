package dev.treadle.it.boot;

import org.springframework.http.HttpStatus;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import java.util.Map;

/** Pages of the database. */
@RestController
@RequestMapping("/customers")
public class CustomerController {
    private final Customers customers;

    /** Made by Spring. */
    public CustomerController(Customers customers) {
        this.customers = customers;
    }

    /** Stores one. */
    @PostMapping
    @Transactional
    public Map<String, Object> create(@RequestParam String name) {
        return json(customers.save(new Customer(name)));
    }

    /** Stores one and fails: it must not be there after. */
    @PostMapping("/failing")
    @Transactional
    public Map<String, Object> createAndFail(@RequestParam String name) {
        customers.saveAndFlush(new Customer(name));
        throw new IllegalStateException("after the insert");
    }

    /** Reads one. */
    @GetMapping("/{id}")
    @Transactional(readOnly = true)
    public Map<String, Object> read(@PathVariable long id) {
        return customers
                .findById(id)
                .map(CustomerController::json)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }

    /** Returns how many there are of a name. */
    @GetMapping("/count")
    public long count(@RequestParam String name) {
        return customers.findAll().stream().filter(each -> each.getName().equals(name)).count();
    }

    /** Holds a connection for so long. */
    @GetMapping("/slow")
    @Transactional
    public Map<String, Object> slow(@RequestParam long ms) {
        customers.slow(ms / 1_000.0);
        return Map.of("transaction", TransactionSynchronizationManager.isActualTransactionActive());
    }

    private static Map<String, Object> json(Customer customer) {
        return Map.of("id", customer.getId(), "name", customer.getName());
    }
}
