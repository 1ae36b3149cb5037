package dev.treadle.it.users.v4;

import dev.treadle.it.boot.BootApp;
import dev.treadle.it.users.MockMvcContract;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;

@SpringBootTest(classes = BootApp.class, properties = "treadle.gevent=500")
@AutoConfigureMockMvc
final class MockMvcTest extends MockMvcContract {}
