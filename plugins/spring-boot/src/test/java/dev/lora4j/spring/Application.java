package dev.lora4j.spring;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application with nothing of its own. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Application {
  /** Starts it with beans of others. */
  static ConfigurableApplicationContext start(Class<?> more, String... arguments) {
    return new SpringApplicationBuilder(Application.class, more)
        .web(WebApplicationType.NONE)
        .logStartupInfo(false)
        .run(arguments);
  }

  static ConfigurableApplicationContext start(String... arguments) {
    return start(Application.class, arguments);
  }
}
