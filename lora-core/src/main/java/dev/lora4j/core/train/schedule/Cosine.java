package dev.lora4j.core.train.schedule;

/** Down to 0 at the last step, along half a wave of the cosine (Loshchilov and Hutter 2017). */
public record Cosine() implements Decay {
  @Override
  public String name() {
    return "cosine";
  }

  @Override
  public double at(double progress) {
    return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress))));
  }
}
