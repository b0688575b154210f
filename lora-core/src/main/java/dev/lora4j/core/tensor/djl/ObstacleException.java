package dev.lora4j.core.tensor.djl;

import dev.lora4j.core.tensor.runtime.EngineObstacle;

/** An {@link EngineObstacle} as an exception, which does not leave this package. */
final class ObstacleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient EngineObstacle obstacle;

  ObstacleException(String found, String remedy) {
    this(new EngineObstacle(found, remedy));
  }

  ObstacleException(EngineObstacle obstacle) {
    super(obstacle.message());
    this.obstacle = obstacle;
  }

  EngineObstacle obstacle() {
    return obstacle;
  }
}
