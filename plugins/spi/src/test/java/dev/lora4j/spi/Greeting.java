package dev.lora4j.spi;

/** An extension point of the tests. */
public interface Greeting {
  String greet(String whom);
}
