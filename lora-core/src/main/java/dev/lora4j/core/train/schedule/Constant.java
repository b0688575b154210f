package dev.lora4j.core.train.schedule;

/** No decay. */
public record Constant(boolean warmedUp) implements Decay {
  @Override
  public String name() {
    return warmedUp ? "constant_with_warmup" : "constant";
  }

  @Override
  public double at(double progress) {
    return 1;
  }
}
