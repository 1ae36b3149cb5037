package dev.treadle.it.users.v3;

import dev.treadle.it.boot.BootApp;
import dev.treadle.it.users.MockMvcContract;

import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(classes = BootApp.class, properties = "treadle.gevent=500")
@AutoConfigureMockMvc
final class MockMvcTest extends MockMvcContract {}
