package dev.lora4j.core.train.schedule;

/** Down to 0 at the last step, along a line. */
public record Linear() implements Decay {
  @Override
  public String name() {
    return "linear";
  }

  @Override
  public double at(double progress) {
    return Math.max(0, 1 - progress);
  }
}
