package dev.lora4j.core.tensor.djl;

import dev.lora4j.core.tensor.Obstacle;

/** An {@link Obstacle} as an exception, which does not leave this package. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Obstacle obstacle;

  Refused(String found, String remedy) {
    this(new Obstacle(found, remedy));
  }

  Refused(Obstacle obstacle) {
    super(obstacle.message());
    this.obstacle = obstacle;
  }

  Obstacle obstacle() {
    return obstacle;
  }
}
