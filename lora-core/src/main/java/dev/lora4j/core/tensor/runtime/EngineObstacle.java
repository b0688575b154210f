package dev.lora4j.core.tensor.runtime;

/**
 * Obstacle to starting the engine or using a device, found before anything native is loaded.
 *
 * @param found what is wrong, without a full stop
 * @param remedy what to do about it, in one or two sentences
 */
public record EngineObstacle(String found, String remedy) {
  /** Obstacle and remedy as sentences. */
  public String message() {
    return found + ". " + remedy;
  }
}
